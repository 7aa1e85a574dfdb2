import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import type { LinesWatcher } from './lines.ts'

/** Tells the log and the metrics how the audit stream fares. */
export function watcherOf(logger: Logger, registry: Registry): LinesWatcher {
  const entries = new Counter({
    name: 'parlance_audit_entries_total',
    help: 'Entries of the audit stream, by what became of them: written or lost.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return {
    counted: (outcome, count) => entries.inc({ outcome }, count),
    failed: (error) => logger.error({ err: error }, 'cannot write to the audit stream'),
  }
}
