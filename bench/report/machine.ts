import { cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  cpu: string
  cores: number
  /** GB (10^9 bytes). */
  memory: number
  node: string
  /** When it was measured, as a date. */
  date: string
  /** Processes that wanted a core when the measurement began, besides it: on an idle machine nearly none. */
  load: number
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 1e9),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  }
}

export function machineLine({ cpu, cores, memory, node, date, load }: Machine): string {
  return `${cores} × ${cpu}, ${memory} GB, Node ${node}, ${date}; load before: ${load}`
}
