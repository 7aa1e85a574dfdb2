import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { Watch } from '../../src/feed/watch.ts'
import { createSweep } from '../../src/sweep/sweep.ts'
import { reportTo } from '../../src/sweep/telling.ts'
import { draft } from '../store/contract/drafts.ts'
import { erase } from '../store/contract/living-drafts.ts'
import { cleanUp, openAcme } from '../store/sqlite/support.ts'
import { TestClock } from './support.ts'

test('who waits for changes is woken by what is swept, and log and metrics tell how much it was', async (t) => {
  const { store } = await openAcme(t)
  await store.writeInteractions('acme', [draft({ id: 'one' }), draft({ id: 'two' })])
  const { revision } = await erase(store, 'acme', { kind: 'customer', customerId: 'customer' })
  // Looks for what others write never come: the revision that it sees stands still.
  const watch = new Watch({ getRevision: async () => revision })
  const waiting = watch.changed('acme', revision, 60_000, t.signal)
  const log: Record<string, unknown>[] = []
  const registry = new Registry()
  const logger = pino({ base: null }, { write: (line: string) => log.push(JSON.parse(line)) })
  const report = reportTo(logger, registry, (accountId, at) => watch.written(accountId, at))
  const sweep = createSweep({ store, clock: new TestClock(5_000_000), report, purgeAt: undefined })
  cleanUp(t, () => sweep.stop())
  // It begins to wait when its first look is over.
  await new Promise((resolve) => setImmediate(resolve))
  sweep.wake('acme')
  await sweep.idle()
  await waiting
  const { time: _, ...line } = log[0] ?? {}
  assert.deepEqual(line, {
    level: 30,
    account: 'acme',
    interactions: 2,
    milliseconds: 0,
    msg: 'erased what was left of erasures',
  })
  assert.equal(log.length, 1)

  report.failed('purge', undefined, new Error('no room'))
  report.purged(3000)
  report.lastPurged(6_000_000)
  const metrics = await registry.metrics()
  for (const expected of [
    'parlance_swept_interactions_total{work="erase"} 2',
    'parlance_sweep_failures_total{work="purge"} 1',
    'parlance_purges_total 1',
    'parlance_purge_seconds_total 3',
    'parlance_last_purge_timestamp_seconds 6000',
  ]) {
    assert.ok(metrics.includes(`\n${expected}\n`), `${expected} is not in ${metrics}`)
  }
})
