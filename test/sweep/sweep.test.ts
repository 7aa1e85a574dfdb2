import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { RETRY } from '../../src/sweep/chore.ts'
import { createSweep, ROUND } from '../../src/sweep/sweep.ts'
import { draft, listedIds, NOON, write } from '../store/contract/drafts.ts'
import { changesOf, erase, openTexts } from '../store/contract/living-drafts.ts'
import { cleanUp, openAcme } from '../store/sqlite/support.ts'
import { Reported, TestClock } from './support.ts'

const DAY = 24 * 3_600_000
/** Noon of the day after the conversations. */
const NOW = NOON / 1000 + DAY

/** A sweep on the account `acme`, and whatever the test has changed of the store. */
async function sweepOn(t: TestContext, change: Partial<Store> = {}) {
  const { store } = await openAcme(t)
  const clock = new TestClock(NOW)
  const report = new Reported()
  const sweep = createSweep({ store: { ...store, ...change }, clock, report, purgeAt: undefined })
  cleanUp(t, () => sweep.stop())
  return { store, clock, report, sweep }
}

/** A change of the store that lets each bite of an erasure take some time of the clock. */
function slowly(store: () => Store, took: (accountId: string) => void): Partial<Store> {
  return {
    eraseMore(accountId, limit, now) {
      took(accountId)
      return store().eraseMore(accountId, limit, now)
    },
  }
}

function many(count: number, prefix = 'i', customer = 'ann') {
  return Array.from({ length: count }, (_, n) => draft({ id: `${prefix}${n}`, customer, at: NOON + n }))
}

test('what another process has left of an erasure is finished at the start', async (t) => {
  const { store, report, sweep } = await sweepOn(t)
  await store.writeInteractions('acme', [...many(250), draft({ id: 'kept', customer: 'bob' })])
  const { erasure } = await erase(store, 'acme', { kind: 'customer', customerId: 'ann' }, NOW)
  sweep.begin()
  await sweep.idle()
  const told = await store.getErasure('acme', erasure.erasureId)
  assert.deepEqual([told?.interactions, told?.erasedAt], [250, NOW])
  assert.deepEqual(await listedIds(store, 'acme'), ['kept'])
  // In bites of a hundred.
  assert.deepEqual(
    report.bites.filter(({ count }) => count > 0).map(({ count }) => count),
    [100, 100, 50],
  )
  assert.deepEqual(report.ends, [{ work: 'erase', accountId: 'acme', interactions: 250 }])
})

test('an erasure is gone on with as soon as it is told, without any round', async (t) => {
  const { store, sweep } = await sweepOn(t)
  await store.writeInteractions('acme', many(3))
  const { erasure } = await erase(store, 'acme', { kind: 'account' }, NOW)
  sweep.wake('acme')
  await sweep.idle()
  assert.equal((await store.getErasure('acme', erasure.erasureId))?.erasedAt, NOW)
})

test('it pauses for as long as each bite took, so that writers have their turn', async (t) => {
  let reach: Store | undefined
  let clock: TestClock | undefined
  const change = slowly(
    () => reach as Store,
    () => clock?.advance(7),
  )
  const made = await sweepOn(t, change)
  reach = made.store
  clock = made.clock
  await made.store.writeInteractions('acme', many(250))
  await erase(made.store, 'acme', { kind: 'account' }, NOW)
  made.sweep.wake('acme')
  const idle = made.sweep.idle()
  for (const pauses of [1, 2]) {
    while (clock.slept.length < pauses) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(made.report.count('erase'), 100 * pauses)
    clock.advance(7)
  }
  await idle
  assert.deepEqual(clock.slept, [7, 7])
})

test('idle interactions are ended: after a day, or as their account has chosen', async (t) => {
  const { store, clock, report, sweep } = await sweepOn(t)
  for (const accountId of ['quick', 'never']) await store.createAccount({ accountId, name: '', createdAt: 2 })
  await store.setAccountSettings('quick', { idleSeconds: 600 })
  await store.setAccountSettings('never', { idleSeconds: null })
  for (const accountId of ['acme', 'quick', 'never']) {
    await store.writeInteractions(accountId, [draft({ open: true })], { now: NOW })
  }
  const stillOpen = async () => {
    const open = await Promise.all(['acme', 'quick', 'never'].map((account) => openTexts(store, account)))
    return open.map(({ length }) => length)
  }
  sweep.begin()
  await sweep.idle()
  assert.deepEqual(await stillOpen(), [1, 1, 1])
  for (const [time, expected] of [
    [10 * 60_000 + 1, [1, 0, 1]],
    [DAY, [0, 0, 1]],
  ] as const) {
    clock.advance(Math.max(time, ROUND))
    await new Promise((resolve) => setImmediate(resolve))
    await sweep.idle()
    assert.deepEqual(await stillOpen(), expected)
  }
  assert.equal(report.count('idle'), 2)
})

test('what an account keeps no longer is erased, and told as that', async (t) => {
  const { store, report, sweep } = await sweepOn(t)
  const days = (count: number) => NOON - count * DAY * 1000
  await store.setAccountSettings('acme', { retentionDays: 30 })
  await store.createAccount({ accountId: 'keeper', name: '', createdAt: 2 })
  for (const accountId of ['acme', 'keeper']) {
    await write(store, accountId, draft({ id: 'old', at: days(40) }))
    await write(store, accountId, draft({ id: 'new', at: days(20) }))
  }
  sweep.begin()
  await sweep.idle()
  assert.deepEqual(await listedIds(store, 'acme'), ['new'])
  assert.deepEqual(await changesOf(store, 'acme'), [
    [2, 'new', 'ended'],
    [3, 'old', 'erased', 'retention'],
  ])
  assert.deepEqual(await listedIds(store, 'keeper'), ['old', 'new'])
  assert.deepEqual(report.ends, [{ work: 'retention', accountId: 'acme', interactions: 1 }])
})

test("one account's failure is told, and stops neither the others nor the next round", async (t) => {
  let reach: Store | undefined
  let broken = true
  const { store, clock, report, sweep } = await sweepOn(
    t,
    slowly(
      () => reach as Store,
      (accountId) => {
        if (broken && accountId === 'acme') throw new Error('broken')
      },
    ),
  )
  reach = store
  await store.createAccount({ accountId: 'other', name: '', createdAt: 2 })
  for (const accountId of ['acme', 'other']) {
    await store.writeInteractions(accountId, many(3))
    await erase(store, accountId, { kind: 'account' }, NOW)
  }
  sweep.begin()
  await sweep.idle()
  assert.deepEqual(report.failures, [{ work: 'erase', accountId: 'acme', message: 'broken' }])
  assert.deepEqual(
    report.ends.map(({ accountId }) => accountId),
    ['other'],
  )
  broken = false
  clock.advance(ROUND)
  await new Promise((resolve) => setImmediate(resolve))
  await sweep.idle()
  assert.equal(report.count('erase'), 6)
})

test('accounts have their turns while a large one is worked on', async (t) => {
  const { store, report, sweep } = await sweepOn(t)
  await store.createAccount({ accountId: 'small', name: '', createdAt: 2 })
  await store.writeInteractions('acme', many(2500))
  await store.writeInteractions('small', many(1))
  for (const accountId of ['acme', 'small']) await erase(store, accountId, { kind: 'account' }, NOW)
  sweep.begin()
  await sweep.idle()
  assert.deepEqual(
    report.ends.map(({ accountId }) => accountId),
    ['small', 'acme'],
  )
  assert.equal(report.count('erase'), 2501)
})

test('while another process has the work it is left to that one', async (t) => {
  const { store, clock, report, sweep } = await sweepOn(t)
  await store.writeInteractions('acme', many(3))
  sweep.begin()
  await sweep.idle()
  const looks = () => report.bites.filter(({ work }) => work === 'erase').length
  assert.equal(looks(), 1)
  await erase(store, 'acme', { kind: 'account' }, NOW)
  assert.equal(await store.claim('erase', 'another', NOW, NOW + ROUND + 1), true)
  for (const expected of [0, 3]) {
    clock.advance(ROUND)
    await new Promise((resolve) => setImmediate(resolve))
    await sweep.idle()
    assert.equal(report.count('erase'), expected)
  }
  // It was given back.
  assert.equal(await store.claim('erase', 'another', clock.now(), clock.now() + 1), true)
})

test('what was requested here, or left by a process that was killed, does not wait for the next round', async (t) => {
  for (const start of ['begin', 'wake'] as const) {
    const { store, clock, report, sweep } = await sweepOn(t)
    await store.writeInteractions('acme', many(3))
    await erase(store, 'acme', { kind: 'account' }, NOW)
    await store.claim('erase', 'killed', NOW, NOW + RETRY)
    if (start === 'begin') sweep.begin()
    else sweep.wake('acme')
    while (!clock.slept.includes(RETRY)) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(report.count('erase'), 0)
    clock.advance(RETRY)
    await sweep.idle()
    assert.equal(report.count('erase'), 3)
  }
})

test('it stops between two bites, and gives back what it has claimed', async (t) => {
  let reach: Store | undefined
  let stopping: Promise<void> | undefined
  const made = await sweepOn(
    t,
    slowly(
      () => reach as Store,
      () => {
        stopping = made.sweep.stop()
      },
    ),
  )
  reach = made.store
  await made.store.writeInteractions('acme', many(250))
  const { erasure } = await erase(made.store, 'acme', { kind: 'account' }, NOW)
  made.sweep.begin()
  await made.sweep.idle()
  await stopping
  assert.equal(made.report.count('erase'), 100)
  assert.equal((await made.store.getErasure('acme', erasure.erasureId))?.erasedAt, undefined)
  assert.equal(await made.store.claim('erase', 'another', NOW, NOW + 1), true)
  made.sweep.wake('acme')
  await made.sweep.idle()
  assert.equal(made.report.count('erase'), 100)
})
