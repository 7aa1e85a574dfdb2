import type { Registry } from 'prom-client'
import type { Limiter } from './limiter.ts'

/** What a worker has in common with the others: together they are one server. */
export interface Whole {
  /** Counts the requests of all workers. */
  limiter: Limiter
  /** Takes the metrics of this process, which from then on count in those of the whole. */
  join(registry: Registry): void
  /** The metrics of all workers together, as Prometheus reads them. */
  metrics(): Promise<string>
}
