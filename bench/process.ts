import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** CPU seconds are counted in these by the kernel (`getconf CLK_TCK`; 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100

/** A server in a process of its own, so that its CPU time and memory are its own. */
export interface Server {
  url: string
  /** CPU seconds since its start, all threads. */
  cpu(): number
  /** The most memory it ever held, in MiB. */
  peakMemory(): number
  stop(): Promise<void>
}

/** Starts `node script args` on a free port, which replaces `PORT` in `args`, and waits until it answers. */
export async function startServer(script: string, args: string[]): Promise<Server> {
  const port = await freePort()
  const child = spawn(process.execPath, [script, ...args.map((arg) => arg.replace('PORT', String(port)))], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const pid = child.pid as number
  const url = `http://127.0.0.1:${port}`
  await answering(url)
  return {
    url,
    cpu: () => cpuSeconds(pid),
    peakMemory: () => peakMebibytes(pid),
    async stop() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      await fetch(`${url}/healthz`)
      return
    } catch {
      await sleep(50)
    }
  }
  throw new Error(`${url} does not answer`)
}

/** utime + stime, fields 14 and 15 of /proc/PID/stat (proc(5)); the name before them may hold spaces. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function peakMebibytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) / 1024
}
