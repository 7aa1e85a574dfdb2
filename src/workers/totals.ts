import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client'

/** One metric with its values, as a registry gives it and a message carries it. */
export type MetricValues = MetricObjectWithValues<MetricValue<string>>

/** Where prom-client would add up what is no sum, or leave out what has a meaning: the first start is the server's. */
const AGGREGATORS: Readonly<Record<string, MetricValues['aggregator']>> = {
  process_max_fds: 'min',
  process_start_time_seconds: 'min',
}

/**
 * The metrics of all workers together. Of each the last values are kept that it gave; when it ends, its counters and
 * histograms go on counting, so that no total ever goes down, and its gauges are forgotten.
 */
export class Totals {
  readonly #last = new Map<object, MetricValues[]>()
  #ended: MetricValues[] = []

  /** Takes the values that a worker (any object that stands for it) has now. */
  seen(worker: object, metrics: MetricValues[]): void {
    this.#last.set(worker, metrics)
  }

  ended(worker: object): void {
    const last = this.#last.get(worker)
    if (last === undefined) return
    this.#last.delete(worker)
    this.#ended = sum([this.#ended, last.filter(({ type }) => isCumulative(type))])
      .getMetricsAsArray()
      .map((metric) => metric as MetricValues)
  }

  /** The sum over the workers, and over what `beside` them counts in. */
  together(beside: MetricValues[]): Registry {
    return sum([...this.#last.values(), this.#ended, beside])
  }
}

/** A type is a word in JSON, whatever its declaration says. */
function isCumulative(type: unknown): boolean {
  return type === 'counter' || type === 'histogram'
}

function sum(all: MetricValues[][]): Registry {
  const told = all.map((metrics) =>
    metrics.map((metric) => ({ ...metric, aggregator: AGGREGATORS[metric.name] ?? metric.aggregator })),
  )
  return AggregatorRegistry.aggregate(told) as Registry
}
