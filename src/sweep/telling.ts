import type { Logger } from 'pino'
import { Counter, Gauge, type Registry } from 'prom-client'
import { StoreUnavailable } from '../store/errors.ts'
import type { ChoreName, Report } from './report.ts'

const SECOND = 1000

const DONE: Record<ChoreName, string> = {
  erase: 'erased what was left of erasures',
  idle: 'ended interactions that were idle',
  retention: 'erased interactions that were kept long enough',
}

/**
 * Tells the log, the metrics and whoever waits for changes (`written`, with an account's new revision) what background work has
 * done: counts and accounts, never an interaction or a customer.
 */
export function reportTo(
  logger: Logger,
  registry: Registry,
  written: (accountId: string, revision: number) => void,
): Report {
  const { swept, failures, purges, purgeSeconds, lastPurge } = metricsIn([registry])
  return {
    bitten(work, accountId, { count, revision }) {
      if (count === 0) return
      swept.inc({ work }, count)
      written(accountId, revision)
    },
    finished(work, account, interactions, milliseconds) {
      logger.info({ account, interactions, milliseconds }, DONE[work])
    },
    failed(work, account, error) {
      failures.inc({ work })
      // What the store could not do now needs no stack.
      const reason = error instanceof StoreUnavailable ? { reason: error.message } : { err: error }
      logger.error({ work, account, ...reason }, 'background work failed; it is tried again within a minute')
    },
    purged(milliseconds) {
      purges.inc()
      purgeSeconds.inc(milliseconds / SECOND)
      logger.info({ milliseconds }, 'purged the files of what was erased')
    },
    lastPurged: (at) => lastPurge.set(at / SECOND),
  }
}

function metricsIn(registers: Registry[]) {
  return {
    swept: new Counter({
      name: 'parlance_swept_interactions_total',
      help: 'Interactions that background work has erased (erase, retention) or ended (idle).',
      labelNames: ['work'],
      registers,
    }),
    failures: new Counter({
      name: 'parlance_sweep_failures_total',
      help: 'Failures of background work, which is tried again: erase, idle, retention, purge, sweep.',
      labelNames: ['work'],
      registers,
    }),
    purges: new Counter({
      name: 'parlance_purges_total',
      help: 'Purges that have written the files anew.',
      registers,
    }),
    purgeSeconds: new Counter({
      name: 'parlance_purge_seconds_total',
      help: 'Seconds that these purges took.',
      registers,
    }),
    lastPurge: new Gauge({
      name: 'parlance_last_purge_timestamp_seconds',
      help: 'When the last scheduled purge of the files began, in seconds since 1970.',
      aggregator: 'max',
      registers,
    }),
  }
}
