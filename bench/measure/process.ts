import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** CPU seconds are counted in these by the kernel (`getconf CLK_TCK`; 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100

/** A server in processes of its own, so that their CPU time and memory are its own. */
export interface Server {
  url: string
  /** CPU seconds since its start, of all threads of all its processes. */
  cpu(): number
  /** The most memory that one of its processes held since the last `resetPeak`, in MB (10^6 bytes). */
  peakMegabytes(): number
  /** Begins anew with the memory held now, where the kernel lets us (it is not allowed in some containers). */
  resetPeak(): void
  stop(): Promise<void>
}

/** Work done by a process of its own when told, which counts its CPU time itself. */
export interface Job<Task> {
  run(task: Task): Promise<Work>
  stop(): Promise<void>
}

export interface Work {
  /** CPU seconds of the work alone. */
  cpu: number
  seconds: number
}

/** Starts `node script args` on a free port, which replaces `PORT` in `args`, and waits until it answers. */
export async function startServer(script: string, args: string[]): Promise<Server> {
  const port = await freePort()
  const child = spawn(process.execPath, [script, ...args.map((arg) => arg.replace('PORT', String(port)))], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: bareEnvironment(),
  })
  endWithUs(child)
  const pid = child.pid as number
  const url = `http://127.0.0.1:${port}`
  await answering(url, child)
  return {
    url,
    cpu: () => sum(treeOf(pid).map(cpuSeconds)),
    peakMegabytes: () => Math.max(...treeOf(pid).map(peakMegabytes)),
    resetPeak: () => treeOf(pid).forEach(resetPeak),
    stop: () => stop(child),
  }
}

/** Starts `node script args`, which answers messages with what their work took: see `answerTasks`. */
export function startJob<Task>(script: string, args: string[]): Job<Task> {
  const child = fork(script, args, { env: bareEnvironment() })
  return {
    run(task) {
      const { promise, resolve, reject } = Promise.withResolvers<Work>()
      child.once('message', (work) => resolve(work as Work))
      child.once('exit', () => reject(new Error(`${script} has ended`)))
      child.send(task as object)
      return promise.finally(() => child.removeAllListeners())
    },
    stop: () => stop(child),
  }
}

/** Within a job: does each task it is sent and answers with the time that took. */
export function answerTasks<Task>(work: (task: Task) => unknown): void {
  process.on('message', async (task) => {
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    await work(task as Task)
    const { user, system } = process.cpuUsage(cpu)
    process.send?.({ cpu: (user + system) / 1e6, seconds: (performance.now() - startedAt) / 1000 })
  })
}

/** Settings of a deployment on this machine are none of the benchmark's. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLANCE_')))
}

/** A run that is interrupted, or fails, leaves no server behind. */
function endWithUs(child: ChildProcess): void {
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const PATIENCE = 60_000

async function answering(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + PATIENCE
  while (performance.now() < until && child.exitCode === null) {
    try {
      await (await fetch(`${url}/healthz`)).arrayBuffer()
      return
    } catch {
      await sleep(50)
    }
  }
  await stop(child)
  throw new Error(`${url} does not answer`)
}

/** A process and all that it started. */
function treeOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(treeOf)]
}

/** utime + stime, fields 14 and 15 of /proc/PID/stat (proc(5)). */
function cpuSeconds(pid: number): number {
  return sum(statFields(pid).slice(11, 13)) / TICKS_PER_SECOND
}

/**
 * CPU seconds of a process and of all that it started, those that have ended (fields 16 and 17) included. Where one ends
 * meanwhile, its time would be counted twice or not at all, so it is read again.
 */
export function cpuSecondsOfAll(pid: number): number {
  for (;;) {
    try {
      const pids = treeOf(pid)
      const ticks = sum(pids.map((each) => sum(statFields(each).slice(11, 15))))
      if (treeOf(pid).join() === pids.join()) return ticks / TICKS_PER_SECOND
    } catch (error) {
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
}

/** The fields behind the name, which may hold spaces: the first is the third of proc(5). */
function statFields(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
}

function peakMegabytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return (Number(line?.[1]) * 1024) / 1e6
}

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Then the peak is that since the start, which is never too little.
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
