import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counts } from '../../interaction/redact/redactor.ts'

/** What Prometheus scrapes. Labels hold routes and outcomes, never accounts or ids. */
export interface Metrics {
  registry: Registry
  written: Counter<'outcome'>
  erased: Counter
  redactions: Counter<'kind'>
  pages: Counter<'encoding'>
  pageDocuments: Counter
  /** Times a request, by method, route template and status. */
  observe(method: string, route: string, status: number, milliseconds: number): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  countProcesses(registers)
  return {
    registry,
    written: new Counter({
      name: 'parlance_interactions_written_total',
      help: 'Interactions that were sent to be written, or to have messages added, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    erased: new Counter({
      name: 'parlance_interactions_erased_total',
      help: 'Interactions that were erased by their ids.',
      registers,
    }),
    redactions: new Counter({
      name: 'parlance_redactions_total',
      help: 'What was redacted in interactions that were sent to be written, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    pages: new Counter({
      name: 'parlance_pages_total',
      help: 'Pages of the listing that were sent, by encoding.',
      labelNames: ['encoding'],
      registers,
    }),
    pageDocuments: new Counter({
      name: 'parlance_page_interactions_total',
      help: 'Interactions on pages of the listing that were sent.',
      registers,
    }),
    observe: requestObserver(registers),
  }
}

/** Adds up what was redacted. */
export function countRedactions({ redactions }: Metrics, counts: Counts): void {
  for (const [kind, count] of Object.entries(counts)) redactions.inc({ kind }, count)
}

/** Of one process that serves; the sum over workers is how many run. Their restarts are counted by the primary. */
function countProcesses(registers: Registry[]): void {
  new Gauge({ name: 'parlance_workers', help: 'Processes that serve.', registers }).set(1)
  restartCounter(registers)
}

export function restartCounter(registers: Registry[]): Counter {
  return new Counter({
    name: 'parlance_worker_restarts_total',
    help: 'Workers that ended unasked and were replaced.',
    registers,
  })
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

function requestObserver(registers: Registry[]): Metrics['observe'] {
  const duration = new Histogram({
    name: 'parlance_http_request_duration_seconds',
    help: 'Seconds from the turn of a request on its connection to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  })
  // Looking the labels up anew costs 5 µs; there are few: routes, methods and the statuses that we send.
  const observed = new Map<string, ReturnType<typeof duration.labels>>()
  return (method, route, status, milliseconds) => {
    const name = `${method} ${status} ${route}`
    let series = observed.get(name)
    if (series === undefined) {
      series = duration.labels(method, route, String(status))
      observed.set(name, series)
    }
    series.observe(milliseconds / 1000)
  }
}

export function measureRequests(app: FastifyInstance, { observe }: Metrics): void {
  app.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    observe(method, routeOptions.url ?? 'none', statusCode, elapsedTime)
    done()
  })
}
