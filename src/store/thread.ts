import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreUnavailable } from './errors.ts'

/** One operation on its way to a thread. */
export interface Request<Operations = Record<string, unknown>> {
  id: number
  operation: keyof Operations
  args: unknown[]
}

export type Reply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; unavailable: boolean; message: string; stack: string | undefined }

/** What a thread does: functions by name, whose arguments and results can be sent. */
// biome-ignore lint/suspicious/noExplicitAny: each has its own arguments
type Work = Record<string, (...args: any[]) => unknown>

/** A thread as the others see it. */
export interface Thread<Operations extends Work> {
  /** Runs one operation there. */
  run<Name extends keyof Operations>(
    operation: Name,
    ...args: Parameters<Operations[Name]>
  ): Promise<Awaited<ReturnType<Operations[Name]>>>
  /** Waits for the operations that run, then ends the thread. */
  close(): Promise<void>
}

export interface ThreadOptions {
  script: URL
  workerData?: unknown
  /** How errors name it: "the writer". */
  name: string
  /** What is said of a thread that was closed. */
  closed: string
  /** The memory that changes hands with an operation, instead of being copied. */
  transfers(args: unknown[]): ArrayBuffer[]
}

interface Pending {
  settled: Promise<unknown>
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Starts the thread with its first operation. One that dies is started again for the next. */
export function threadOf<Operations extends Work>(options: ThreadOptions): Thread<Operations> {
  const pending = new Map<number, Pending>()
  let worker: Worker | undefined
  let lastId = 0
  let closed = false
  let ending: Promise<void> | undefined

  function start(): Worker {
    const thread = new Worker(options.script, { workerData: options.workerData })
    thread.on('message', (reply: Reply) => settle(pending, reply))
    thread.on('error', (error) => abandon(thread, error as Error))
    thread.on('exit', () => abandon(thread, new Error('its thread has ended')))
    return thread
  }

  function abandon(thread: Worker, cause: Error): void {
    if (worker !== thread) return
    worker = undefined
    for (const { reject } of pending.values()) {
      reject(new StoreUnavailable(`The ${options.name} failed: ${cause.message}`, { cause }))
    }
    pending.clear()
  }

  function run(operation: keyof Operations, ...args: unknown[]): Promise<unknown> {
    if (closed) return Promise.reject(new StoreUnavailable(options.closed))
    worker ??= start()
    lastId += 1
    const request: Request<Operations> = { id: lastId, operation, args }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    try {
      worker.postMessage(request, options.transfers(args))
    } catch (error) {
      // Something that cannot be sent to another thread. It is not on its way, so nobody must wait for it.
      return Promise.reject(error)
    }
    pending.set(request.id, { settled: promise, resolve, reject })
    return promise
  }

  async function close(): Promise<void> {
    closed = true
    await idle()
    ending ??= end()
    await ending
  }

  async function end(): Promise<void> {
    if (worker === undefined) return
    const ended = once(worker, 'exit')
    worker.postMessage('close')
    await ended
  }

  /** Resolves when everything that was accepted has been answered. */
  async function idle(): Promise<void> {
    while (pending.size > 0) await Promise.allSettled([...pending.values()].map((entry) => entry.settled))
  }

  return { run: run as Thread<Operations>['run'], close }
}

function settle(pending: Map<number, Pending>, reply: Reply): void {
  const entry = pending.get(reply.id)
  pending.delete(reply.id)
  if (reply.ok) entry?.resolve(reply.value)
  else if (reply.unavailable) entry?.reject(new StoreUnavailable(reply.message))
  else entry?.reject(Object.assign(new Error(reply.message), { stack: reply.stack }))
}
