import { fitsMemory, MOST_MEGABYTES, meetsTarget, type Table } from './figures.ts'

/** One thing that should hold, and whether it does. */
export interface Goal {
  name: string
  measured: number
  target: number
  met: boolean
}

/** What the tables say about the goals that they decide. Memory is decided by all of them. */
export function goalsOf(tables: Table[]): Goal[] {
  const rows = tables.flatMap((table) => table.rows)
  const ratios = rows.flatMap((row) => {
    const { goal: name, ratio: measured, target } = row
    if (name === undefined || measured === undefined || target === undefined) return []
    return [{ name, measured, target, met: meetsTarget(row) === true }]
  })
  const largest = rows
    .map(({ ours }) => ours)
    .reduce((most, each) => ((each.peakMegabytes ?? 0) > (most.peakMegabytes ?? 0) ? each : most))
  const memory = {
    name: `memory of a process, in MB (the most was at: ${largest.name})`,
    measured: Math.round(largest.peakMegabytes ?? 0),
    target: MOST_MEGABYTES,
    met: fitsMemory(largest) === true,
  }
  return [...ratios, memory]
}

export function goalsText(goals: Goal[], markdown: boolean): string {
  const lines = goals.map(({ name, measured, target, met }) => {
    const figure = target >= MOST_MEGABYTES ? measured.toFixed(0) : measured.toFixed(2)
    return { name, text: `${figure} (≤ ${target}) ${met ? '✓' : '✗'}` }
  })
  if (markdown) return ['### Goals', '', ...lines.map(({ name, text }) => `- ${name}: ${text}`)].join('\n')
  const width = Math.max(...lines.map(({ name }) => name.length))
  return ['Goals', ...lines.map(({ name, text }) => `${name.padEnd(width)}  ${text}`)].join('\n')
}
