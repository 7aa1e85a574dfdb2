import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { RETRY } from '../../src/sweep/chore.ts'
import { LAST_PURGE } from '../../src/sweep/purger.ts'
import { createSweep, ROUND } from '../../src/sweep/sweep.ts'
import { draft, NOON, write } from '../store/contract/drafts.ts'
import { assertPurged, changesOf, erase } from '../store/contract/living-drafts.ts'
import { cleanUp } from '../store/sqlite/support.ts'
import { Reported, TestClock } from './support.ts'

const HOUR = 3_600_000
/** Noon of the day after the conversations. */
const NOW = NOON / 1000 + 24 * HOUR

/** Opens the one store twice, as two processes do; it has the account `acme`. */
type OpenTwice = (t: TestContext) => Promise<[Store, Store]>

/** What holds where several processes sweep one store. */
export function severalProcesses(open: OpenTwice): void {
  for (const [claims, change] of [
    ['with', {}],
    ['without', { claim: async () => true }],
  ] as const) {
    test(`two that sweep at once do everything once, ${claims} their claims`, async (t) => {
      const { store, clock, report, begin, idle } = await sweepsOn(t, open, change)
      const drafts = Array.from({ length: 300 }, (_, n) =>
        draft({ id: `i${n}`, customer: 'ann', at: NOON + n }),
      )
      await store.writeInteractions('acme', drafts)
      await store.writeInteractions('acme', [draft({ id: 'open', open: true })], { now: 0 })
      const { erasure } = await erase(store, 'acme', { kind: 'customer', customerId: 'ann' }, NOW)
      begin()
      await idle()
      clock.advance(ROUND)
      await new Promise((resolve) => setImmediate(resolve))
      await idle()
      assert.deepEqual([report.count('erase'), report.count('idle'), report.failures], [300, 1, []])
      assert.equal((await store.getErasure('acme', erasure.erasureId))?.interactions, 300)
      const changes = await changesOf(store, 'acme')
      assert.equal(changes.filter(([, , kind]) => kind === 'erased').length, 300)
      assert.equal(new Set(changes.map(([, id]) => id)).size, 301)
    })
  }

  test('the files are purged once a day, by one of them', async (t) => {
    const { store, clock, report, begin, idle } = await sweepsOn(t, open)
    await write(store, 'acme', draft())
    const { erasure } = await erase(store, 'acme', { kind: 'interactions', ids: ['one'] }, NOW)
    const pass = async (hours: number) => {
      clock.advance(hours * HOUR)
      await new Promise((resolve) => setImmediate(resolve))
      await idle()
    }
    begin()
    await idle()
    // It is noon, and a store that was never purged waits for its first night.
    assert.equal(report.purges, 0)
    await pass(14)
    assert.equal(report.purges, 0)
    await pass(1)
    assert.deepEqual(report.failures, [])
    assert.deepEqual([report.purges, report.lastPurge], [1, clock.now()])
    assertPurged(await store.getErasure('acme', erasure.erasureId), clock.now())
    assert.equal(await store.getSetting(LAST_PURGE), new Date(clock.now()).toISOString())
    await pass(12)
    assert.equal(report.purges, 1)
  })
}

async function sweepsOn(t: TestContext, open: OpenTwice, change: Partial<Store> = {}) {
  const stores = await open(t)
  const clock = new TestClock(NOW)
  const report = new Reported()
  const sweeps = stores.map((store) =>
    createSweep({ store: { ...store, ...change }, clock, report, purgeAt: 3 * 60 }),
  )
  cleanUp(t, () => Promise.all(sweeps.map((sweep) => sweep.stop())))
  return {
    store: stores[0],
    clock,
    report,
    begin() {
      for (const sweep of sweeps) sweep.begin()
    },
    /** Until both have done what there is; a pause in which one waits for the other is over at once. */
    async idle() {
      let done = false
      const all = Promise.all(sweeps.map((sweep) => sweep.idle())).then(() => {
        done = true
      })
      while (!done) {
        await new Promise((resolve) => setImmediate(resolve))
        clock.hurry(RETRY)
      }
      await all
    },
  }
}
