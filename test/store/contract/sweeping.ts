import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { formatInstant, MINUTE } from '../../../src/interaction/instant.ts'
import { MAX_CLAIM } from '../../../src/store/claim.ts'
import type { Bite } from '../../../src/store/erasure.ts'
import type { Store } from '../../../src/store/store.ts'
import { draft, draftWithoutMessages, jsonOf, listedIds, message, NOON, write } from './drafts.ts'
import { openFor, type SharedStore, type StoreDriver } from './driver.ts'
import {
  add,
  assertPurged,
  changesOf,
  documentWith,
  erase,
  finishErasing,
  NOW,
  openTexts,
} from './living-drafts.ts'

const HOUR = 3_600_000

/** Takes bites until there is nothing more; gives what they counted. */
async function all(bite: () => Promise<Bite>): Promise<number[]> {
  const counts: number[] = []
  for (;;) {
    const { count, more } = await bite()
    counts.push(count)
    if (!more) return counts
    assert.ok(counts.length < 1000, 'it does not end')
  }
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)

/** Three interactions of more than two megabytes each, compressed or not: one bite takes two of them. */
async function threeLarge(store: Store, accountId: string, open: boolean): Promise<void> {
  for (const n of [0, 1, 2]) {
    const messages = ['a', 'b', 'c'].map((id) =>
      message(id, { text: randomBytes(700_000).toString('base64url') }),
    )
    const told = { id: `i${n}`, at: NOON + n, open }
    if (open && n === 1) {
      await write(store, accountId, draft({ ...told, messages: [] }))
      await add(store, accountId, messages, { id: told.id })
    } else {
      await store.writeInteractions(accountId, [draft({ ...told, messages })], { now: NOW })
    }
  }
}

export function sweepingContract(driver: StoreDriver, shared: SharedStore): void {
  describe('a bite of large documents', () => {
    for (const open of [true, false]) {
      test(`ends early where they are erased, ${open ? 'open' : 'ended'}`, async () => {
        const { store } = shared
        const accountId = await shared.account()
        await threeLarge(store, accountId, open)
        await erase(store, accountId, { kind: 'customer', customerId: 'customer' })
        assert.deepEqual(await all(() => store.eraseMore(accountId, 9, NOW)), [2, 1])
        assert.deepEqual(
          (await changesOf(store, accountId)).map(([, id]) => id),
          ['i0', 'i1', 'i2'],
        )
      })
    }

    test('ends early where they are ended, or their time is over', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await threeLarge(store, accountId, true)
      const before = Number.MAX_SAFE_INTEGER
      assert.deepEqual(await all(() => store.endIdle(accountId, { before, limit: 9 })), [2, 1])
      const expiry = { endedBefore: before, limit: 9, now: NOW }
      assert.deepEqual(await all(() => store.expire(accountId, expiry)), [2, 1])
      assert.deepEqual(await listedIds(store, accountId), [])
      assert.equal(await store.getRevision(accountId), 10)
    })
  })

  describe('open interactions of which nothing is heard', () => {
    test('are ended by their last message, the others stay open', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const last = formatInstant(NOON + 30 * MINUTE)
      const said = message('m1', { message_start_at: last })
      const left = (given: Parameters<typeof draft>[0], now: number) =>
        store.writeInteractions(accountId, [draft({ ...given, open: true })], { now })
      await left({ id: 'whole', messages: [said] }, NOW - 3 * HOUR)
      await left({ id: 'gathered', messages: [] }, NOW - 9 * HOUR)
      await add(store, accountId, [said], { id: 'gathered', now: NOW - 2 * HOUR })
      await left({ id: 'silent', messages: [message('m1')] }, NOW - 4 * HOUR)
      await left({ id: 'heard', messages: [said] }, NOW - 9 * HOUR)
      await add(store, accountId, [said], { id: 'heard', now: NOW - HOUR })
      await left({ id: 'repeated', messages: [said] }, NOW - 9 * HOUR)
      await left({ id: 'repeated', messages: [said] }, NOW - HOUR)
      await write(store, accountId, draft({ id: 'ended' }))

      const counts = await all(() => store.endIdle(accountId, { before: NOW - HOUR, limit: 2 }))
      assert.equal(sum(counts), 3)
      assert.ok(counts.every((count) => count <= 2))
      for (const id of ['whole', 'gathered']) {
        const expected = documentWith([said], { id, more: { ended_at: last } })
        assert.deepEqual(JSON.parse((await jsonOf(store, accountId, id)) ?? ''), JSON.parse(expected))
      }
      const silent = JSON.parse((await jsonOf(store, accountId, 'silent')) ?? '')
      assert.equal(silent.ended_at, formatInstant((NOW - 4 * HOUR) * 1000))
      const open = (await openTexts(store, accountId)).map((text) => JSON.parse(text).id)
      assert.deepEqual(open, ['heard', 'repeated'])
      assert.deepEqual(
        new Set(await listedIds(store, accountId)),
        new Set(['whole', 'gathered', 'silent', 'ended']),
      )
      // It is told, and what has ended so is as any other: it takes late messages, and is not opened again.
      const revision = (await store.getRevision(accountId)) ?? 0
      assert.deepEqual(
        (await changesOf(store, accountId, revision - 3)).map(([, , kind]) => kind),
        ['ended', 'ended', 'ended'],
      )
      assert.equal((await add(store, accountId, [message('late')], { id: 'whole' })).outcome, 'updated')
      const reopened = await write(store, accountId, draftWithoutMessages({ id: 'whole', open: true }))
      assert.equal(reopened.outcome, 'rejected')
    })

    test('are of one account alone', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      for (const accountId of [one, other]) {
        await store.writeInteractions(accountId, [draft({ open: true })], { now: 5 })
      }
      const bite = await store.endIdle(one, { before: NOW, limit: 10 })
      assert.deepEqual(bite, { count: 1, revision: 2, more: false })
      assert.equal((await store.getInteraction(other, 'one'))?.ended, false)
      const nothing = await store.endIdle(one, { before: NOW, limit: 10 })
      assert.deepEqual(nothing, { count: 0, revision: 2, more: false })
    })

    test('that are erased meanwhile are left alone', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.writeInteractions(accountId, [draft({ open: true })], { now: 5 })
      await erase(store, accountId, { kind: 'account' })
      assert.deepEqual(await all(() => store.endIdle(accountId, { before: NOW, limit: 10 })), [0])
      assert.equal(await finishErasing(store, accountId), 1)
    })
  })

  describe('interactions whose time is over', () => {
    test('are erased in bites by their end, and stay so; those that go on longer stay', async () => {
      const { store } = shared
      const accountId = await shared.account()
      // Each lasts a minute.
      const drafts = Array.from({ length: 70 }, (_, n) => draft({ id: `i${n}`, at: NOON + n * MINUTE }))
      await store.writeInteractions(accountId, drafts)
      const long = { id: 'long', at: NOON - MINUTE, more: { ended_at: formatInstant(NOON + 500 * MINUTE) } }
      await write(store, accountId, draft(long))
      await write(store, accountId, draft({ id: 'open', at: NOON - 5 * MINUTE, open: true }))
      const before = (await store.getRevision(accountId)) ?? 0
      const endedBefore = NOON + 41 * MINUTE
      const counts = await all(() => store.expire(accountId, { endedBefore, limit: 6, now: NOW }))
      assert.equal(sum(counts), 40)
      assert.ok(counts.every((count) => count <= 6))
      const left = drafts.slice(40).map(({ id }) => id)
      assert.deepEqual(await listedIds(store, accountId), ['long', ...left])
      const told = await changesOf(store, accountId, before)
      assert.deepEqual(
        told.map(([, , kind, reason]) => `${kind} ${reason}`),
        Array.from({ length: 40 }, () => 'erased retention'),
      )
      assert.deepEqual(await write(store, accountId, drafts[0] ?? draft()), {
        outcome: 'rejected',
        reason: 'erased',
      })
      // The next sweep finds what has come since, also from before the place where this one ended.
      await write(store, accountId, draft({ id: 'late', at: NOON - 500 * MINUTE }))
      assert.equal(sum(await all(() => store.expire(accountId, { endedBefore, limit: 6, now: NOW }))), 1)
    })

    test('are of one account alone', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      for (const accountId of [one, other]) await write(store, accountId, draft())
      const expiry = { endedBefore: NOW * 1000, limit: 10, now: NOW }
      assert.equal(sum(await all(() => store.expire(one, expiry))), 1)
      assert.deepEqual(await listedIds(store, other), ['one'])
    })
  })

  describe('interactions whose time is over', () => {
    test('are left to an erasure that hides them', async () => {
      const { store } = shared
      const accountId = await shared.account()
      for (const [id, customer] of [
        ['a', 'gone'],
        ['b', 'stays'],
      ] as const) {
        await write(store, accountId, draft({ id, customer }))
      }
      await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      const expiry = { endedBefore: NOW * 1000, limit: 9, now: NOW }
      assert.equal(sum(await all(() => store.expire(accountId, expiry))), 1)
      assert.equal(await finishErasing(store, accountId), 1)
      assert.deepEqual(await changesOf(store, accountId), [
        [4, 'b', 'erased', 'retention'],
        [5, 'a', 'erased', 'customer'],
      ])
    })
  })

  describe('a purge', () => {
    test('is noted of what was erased before, not of what is still to be', async (t) => {
      const { store } = await openFor(t, driver)
      for (const accountId of ['one', 'other']) {
        await store.createAccount({ accountId, name: 'An account', createdAt: 5 })
        await write(store, accountId, draft({ id: 'a' }))
        await write(store, accountId, draft({ id: 'b' }))
      }
      assert.equal(await store.purge(NOW + 1), false)
      const done = await erase(store, 'one', { kind: 'interactions', ids: ['a'] })
      const running = await erase(store, 'other', { kind: 'account' })
      assert.equal(await store.purge(NOW + 7), true)
      const purged = await store.getErasure('one', done.erasure.erasureId)
      assert.equal(purged?.erasedAt, NOW)
      assertPurged(purged, NOW + 7)
      assert.equal((await store.getErasure('other', running.erasure.erasureId))?.purgedAt, undefined)
      assert.deepEqual(await listedIds(store, 'one'), ['b'])
      await finishErasing(store, 'other')
      assert.equal(await store.purge(NOW + 9), true)
      assertPurged(await store.getErasure('other', running.erasure.erasureId), NOW + 9)
      assert.equal(await store.purge(NOW + 11), false)
      // What retention has erased is purged as well.
      await store.expire('one', { endedBefore: NOW * 1000, limit: 10, now: NOW })
      assert.equal(await store.purge(NOW + 13), true)
      assert.equal(await store.purge(NOW + 15), false)
      assert.equal((await write(store, 'one', draft({ id: 'c' }))).outcome, 'created')
    })
  })

  describe('a purge behind a copy', () => {
    test('finds what the copy took away, whatever the source has purged', async (t) => {
      const { store } = await openFor(t, driver)
      await store.createAccount({ accountId: 'one', name: 'An account', createdAt: 5 })
      await write(store, 'one', draft({ id: 'a' }))
      const tombstone = { revision: 2, erasedAt: NOW, reason: 'interactions' } as const
      await store.transfer.writeTombstones('one', [{ ...tombstone, id: 'never' }], 2)
      assert.equal(await store.purge(NOW + 1), false)
      await store.transfer.writeTombstones('one', [{ ...tombstone, id: 'a', revision: 3 }], 3)
      // What is still to be purged of these files is not the source's to say, and not told to others.
      const { settings, keys } = await store.transfer.readDeployment()
      assert.deepEqual(settings, {})
      await store.transfer.writeDeployment({ settings, keys })
      assert.deepEqual(await store.transfer.readErasures('one', { limit: 9 }), [])
      assert.equal(await store.purge(NOW + 2), true)
      assert.equal(await store.purge(NOW + 3), false)
    })
  })

  describe('a claim', () => {
    test('is one’s own until its time, can be renewed, and given back', async (t) => {
      const { store } = await openFor(t, driver)
      assert.equal(await store.claim('sweep', 'a', 1000, 2000), true)
      assert.equal(await store.claim('sweep', 'b', 1999, 5000), false)
      assert.equal(await store.claim('purge', 'b', 1999, 5000), true)
      assert.equal(await store.claim('sweep', 'a', 1500, 3000), true)
      assert.equal(await store.claim('sweep', 'b', 2500, 5000), false)
      assert.equal(await store.claim('sweep', 'b', 3000, 5000), true)
      assert.equal(await store.claim('sweep', 'a', 3001, 5000), false)
      // Who has it not any more gives nothing back.
      await store.claim('sweep', 'a', 3001, 0)
      assert.equal(await store.claim('sweep', 'a', 3002, 5000), false)
      assert.equal(await store.claim('sweep', 'b', 3003, 0), true)
      assert.equal(await store.claim('sweep', 'a', 3004, 5000), true)
    })

    test('of a clock that was far ahead holds nobody up', async (t) => {
      const { store } = await openFor(t, driver)
      const ahead = 1000 + 3 * MAX_CLAIM
      assert.equal(await store.claim('sweep', 'ahead', ahead, ahead + 5000), true)
      assert.equal(await store.claim('sweep', 'a', 1000, 2000), true)
      assert.equal(await store.claim('sweep', 'b', 1500, 2500), false)
      assert.equal(await store.claim('sweep', 'a', 1000, 1000 + MAX_CLAIM), true)
      assert.equal(await store.claim('sweep', 'b', 1000, 2500), false)
    })

    test('is got by one of many', async (t) => {
      const { store } = await openFor(t, driver)
      const claims = Array.from({ length: 20 }, (_, n) => store.claim('sweep', `h${n}`, 1000, 2000))
      assert.equal((await Promise.all(claims)).filter(Boolean).length, 1)
    })
  })
}
