import assert from 'node:assert/strict'
import test from 'node:test'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { Totals } from '../../src/workers/totals.ts'

/** A worker's metrics, of each kind. */
function worker() {
  const registry = new Registry()
  const registers = [registry]
  const served = new Counter({ name: 'served_total', help: 'h', labelNames: ['kind'], registers })
  const open = new Gauge({ name: 'open', help: 'h', registers })
  const files = new Gauge({ name: 'process_max_fds', help: 'h', registers })
  const seconds = new Histogram({ name: 'seconds', help: 'h', buckets: [1, 10], registers })
  files.set(1024)
  return { registry, served, open, seconds }
}

type Worker = ReturnType<typeof worker>

async function see(totals: Totals, each: Worker): Promise<void> {
  totals.seen(each, await each.registry.getMetricsAsJSON())
}

async function linesOf(totals: Totals): Promise<string[]> {
  const text = await totals.together([]).metrics()
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

const ALL = [
  'served_total{kind="a"} 5',
  'served_total{kind="b"} 1',
  'open 7',
  'process_max_fds 1024',
  'seconds_bucket{le="1"} 1',
  'seconds_bucket{le="10"} 2',
  'seconds_bucket{le="+Inf"} 3',
  'seconds_sum 100.5',
  'seconds_count 3',
]

async function twoWorkers(totals: Totals): Promise<[Worker, Worker]> {
  const [one, two] = [worker(), worker()]
  one.served.inc({ kind: 'a' }, 2)
  two.served.inc({ kind: 'a' }, 3)
  two.served.inc({ kind: 'b' }, 1)
  one.open.set(3)
  two.open.set(4)
  one.seconds.observe(0.5)
  two.seconds.observe(10)
  two.seconds.observe(90)
  await see(totals, one)
  await see(totals, two)
  return [one, two]
}

test('counters, histograms and gauges are added up, but for those that are no sum', async () => {
  const totals = new Totals()
  await twoWorkers(totals)
  assert.deepEqual(await linesOf(totals), ALL)
})

test('what ended workers have counted stays, several times over; their gauges go', async () => {
  const totals = new Totals()
  const [one, two] = await twoWorkers(totals)
  totals.ended(two)
  totals.ended(two)
  const expected = ALL.map((line) => line.replace('open 7', 'open 3'))
  assert.deepEqual((await linesOf(totals)).toSorted(), expected.toSorted())
  totals.ended(one)
  const third = worker()
  third.served.inc({ kind: 'a' }, 10)
  await see(totals, third)
  const lines = await linesOf(totals)
  for (const line of ['served_total{kind="a"} 15', 'served_total{kind="b"} 1', 'open 0', 'seconds_count 3']) {
    assert.ok(lines.includes(line), `${line} is not among ${lines}`)
  }
})
