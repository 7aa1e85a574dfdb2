import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PackedDrafts } from '../../interaction/packed-drafts.ts'
import { StoreUnavailable } from '../errors.ts'
import { CLOSED } from './connect.ts'
import type { Operations } from './operations.ts'
import type { Reply, Request } from './protocol.ts'

interface Pending {
  settled: Promise<unknown>
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The writing side of the store, as the other threads see it. */
export interface Writer {
  /** Runs one write; resolves when it is on disk. */
  run<Name extends keyof Operations>(
    operation: Name,
    ...args: Parameters<Operations[Name]>
  ): Promise<ReturnType<Operations[Name]>>
  /** Waits for the writes that run, then ends the thread. */
  close(): Promise<void>
}

/** Starts the writer thread on a file that is migrated. A thread that dies is started again for the next write. */
export function startWriter(path: string): Writer {
  const pending = new Map<number, Pending>()
  let worker: Worker | undefined
  let lastId = 0
  let closed = false
  let ending: Promise<void> | undefined

  function start(): Worker {
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: { path } })
    thread.on('message', (reply: Reply) => settle(pending, reply))
    thread.on('error', (error) => abandon(thread, error as Error))
    thread.on('exit', () => abandon(thread, new Error('the writer thread has ended')))
    return thread
  }

  function abandon(thread: Worker, cause: Error): void {
    if (worker !== thread) return
    worker = undefined
    for (const { reject } of pending.values()) {
      reject(new StoreUnavailable(`The writer failed: ${cause.message}`, { cause }))
    }
    pending.clear()
  }

  function run(operation: keyof Operations, ...args: unknown[]): Promise<unknown> {
    if (closed) return Promise.reject(new StoreUnavailable(CLOSED))
    worker ??= start()
    lastId += 1
    const request: Request = { id: lastId, operation, args }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    try {
      worker.postMessage(request, buffersOf(args))
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

  /** Resolves when every write that was accepted has been answered. */
  async function idle(): Promise<void> {
    while (pending.size > 0) await Promise.allSettled([...pending.values()].map((entry) => entry.settled))
  }

  return { run: run as Writer['run'], close }
}

/** Changes hands with the message, instead of being copied. */
function buffersOf(args: unknown[]): ArrayBuffer[] {
  return args.flatMap((arg) => {
    const bytes = (arg as Partial<PackedDrafts> | undefined)?.bytes
    return bytes === undefined ? [] : [bytes.buffer]
  })
}

function settle(pending: Map<number, Pending>, reply: Reply): void {
  const entry = pending.get(reply.id)
  pending.delete(reply.id)
  if (reply.ok) entry?.resolve(reply.value)
  else if (reply.unavailable) entry?.reject(new StoreUnavailable(reply.message))
  else entry?.reject(Object.assign(new Error(reply.message), { stack: reply.stack }))
}
