import cluster, { type Worker } from 'node:cluster'
import { type Call, connectCalls, type Line } from './calls.ts'
import { WorkersFailed } from './errors.ts'
import type { Fault, PrimaryCalls, WorkerCalls } from './messages.ts'
import { closeUndelivered } from './undelivered.ts'

/** A worker process, as the primary sees it. */
export interface Member {
  /** From 1; the one that replaces it has the same. */
  number: number
  pid: number | undefined
  /** Milliseconds on the clock of `performance`. */
  startedAt: number
  call: Call<WorkerCalls>
  /** Its base of links, once it listens. Rejects where it cannot, or ends before. */
  listening: Promise<string>
  ended: Promise<End>
  /** Cuts the line: it finishes what runs and ends. */
  release(): void
  kill(): void
}

export interface End {
  code: number | null
  signal: string | null
}

/** Forks a worker; `answers` are for what it asks, besides saying that it listens or cannot. */
export function forkMember(number: number, answers: Omit<PrimaryCalls, 'listening' | 'failed'>): Member {
  const worker = cluster.fork()
  closeUndelivered(worker)
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  // Whoever is interested waits for it too.
  listening.catch(() => {})
  const call = connectCalls<WorkerCalls, PrimaryCalls>(lineTo(worker), {
    ...answers,
    listening: resolve,
    failed: (fault) => reject(errorOf(number, fault)),
  })
  const ended = endOf(worker)
  void ended.then(({ code, signal }) => {
    const how = signal ?? `exit code ${code}`
    reject(new WorkersFailed(`Worker ${number} ended before it could serve (${how}).`))
  })
  return {
    number,
    pid: worker.process.pid,
    startedAt: performance.now(),
    call,
    listening,
    ended,
    release() {
      if (worker.isConnected()) worker.process.disconnect()
    },
    kill: () => void worker.process.kill('SIGKILL'),
  }
}

function lineTo(worker: Worker): Line {
  return {
    send: (message, done) => void worker.process.send(message, undefined, undefined, done),
    onMessage: (listener) => void worker.on('message', listener),
    onDisconnect: (listener) => void worker.once('disconnect', listener),
  }
}

function endOf(worker: Worker): Promise<End> {
  return new Promise((resolve) => {
    worker.once('exit', (code, signal) => resolve({ code, signal }))
    // A process that could not even be made has no end; messages that do not arrive are told elsewhere.
    worker.on('error', () => {
      if (worker.process.pid === undefined) resolve({ code: null, signal: null })
    })
  })
}

/** The system's errors are told as where there is one process only. */
function errorOf(number: number, { message, ...system }: Fault): Error {
  if (system.syscall !== undefined) return Object.assign(new Error(message), system)
  return new WorkersFailed(`Worker ${number} cannot start: ${message}`)
}
