import cluster from 'node:cluster'
import type { Registry } from 'prom-client'
import { AuditUnusable } from '../audit/errors.ts'
import { KeyringError } from '../auth/errors.ts'
import type { Whole } from '../http/whole.ts'
import { StoreUnavailable, StoreUnusable } from '../store/errors.ts'
import { connectCalls, type Line } from './calls.ts'
import { Leases } from './leases.ts'
import type { Assignment, Fault, PrimaryCalls, WorkerCalls } from './messages.ts'

const SECOND = 1000
/** The primary does nothing that takes long; one that does not answer in time is taken for dead. */
const LEASE_TIMEOUT = 1 * SECOND
/** Longer than the primary waits for the slowest worker. */
const METRICS_TIMEOUT = 3 * SECOND

/** A server as the primary needs it. */
export interface Serving {
  url: string
  /** Opens the audit file by its name again, where there is one. */
  hangUp?: () => Promise<void>
  /** Finishes what runs. Called once. */
  stop(): Promise<void>
}

/**
 * Runs this process as a worker: starts what the primary assigns, and stops when the primary says so, or is gone.
 * Ends the process.
 */
export async function serveAsWorker(
  start: (assignment: Assignment, whole: Whole) => Promise<Serving>,
): Promise<void> {
  let serving: Serving | undefined
  let stopped: Promise<void> | undefined
  let registry: Registry | undefined
  let leases: Leases | undefined
  const stop = () => {
    stopped ??= serving?.stop()
    return stopped
  }
  const collect = async () => (await registry?.getMetricsAsJSON()) ?? []
  const call = connectCalls<PrimaryCalls, WorkerCalls>(lineToPrimary(), {
    collect,
    giveBack: (claim) => leases?.giveBack(claim) ?? 0,
    hangUp: async () => serving?.hangUp?.(),
    stop: async () => stop(),
  })
  onPrimaryGone(
    () => serving !== undefined,
    async () => {
      await stop()
      process.exit(0)
    },
  )
  const assignment = await call('hello')
  leases = new Leases({
    limit: assignment.config.rateLimit,
    ask: (wish) => call('lease', wish, { timeout: LEASE_TIMEOUT }),
    clock: () => performance.now(),
  })
  const whole: Whole = {
    limiter: leases,
    join(own) {
      registry = own
    },
    // Without the primary this worker is all that is left.
    metrics: () =>
      call('metrics', undefined, { timeout: METRICS_TIMEOUT }).catch(() => registry?.metrics() ?? ''),
  }
  try {
    serving = await start(assignment, whole)
    await call('listening', serving.url)
  } catch (error) {
    await call('failed', faultOf(error as Error))
    process.exit(1)
  }
}

function lineToPrimary(): Line {
  return {
    send(message, done) {
      if (process.send === undefined) done(new Error('there is no primary'))
      else process.send(message, undefined, undefined, done)
    },
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => void process.once('disconnect', listener),
  }
}

/** Node ends a worker without its primary at once, in the midst of what runs, unless its end was announced. */
function onPrimaryGone(hasWork: () => boolean, leave: () => Promise<void>): void {
  const { worker } = cluster
  worker?.once('disconnect', () => {
    if (!hasWork()) return
    worker.exitedAfterDisconnect = true
    void leave()
  })
}

const TOLD_IN_A_LINE = [AuditUnusable, StoreUnavailable, StoreUnusable, KeyringError]

function faultOf(error: Error): Fault {
  const { code, syscall, address, port, hostname } = error as NodeJS.ErrnoException & Fault
  const plain = syscall !== undefined || TOLD_IN_A_LINE.some((kind) => error instanceof kind)
  const message = plain ? error.message : (error.stack ?? error.message)
  return { message, code, syscall, address, port, hostname }
}
