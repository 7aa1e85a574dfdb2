import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ErasureTarget } from '../../../src/store/erasure.ts'
import type { Store } from '../../../src/store/store.ts'
import { draft, draftWithoutMessages, jsonOf, listedIds, message, NOON, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { add, assertHidden, changesOf, erase, finishErasing, NOW, opening } from './living-drafts.ts'

const ERASED = { outcome: 'rejected', reason: 'erased' }
/** Microseconds since 1970. */
const NOW_MICROS = NOW * 1000

async function isRefused(store: Store, accountId: string, given: Parameters<typeof draft>[0]): Promise<void> {
  assert.deepEqual(await write(store, accountId, draft(given)), ERASED)
  assert.deepEqual(await write(store, accountId, draft({ ...given, open: true })), ERASED)
  const { id = 'one' } = given ?? {}
  const added = await add(store, accountId, [message('new')], { id, opening: opening(given) })
  assert.equal(added.outcome === 'rejected' && added.reason, 'erased')
  assert.equal(await jsonOf(store, accountId, id), undefined)
}

export function erasuresContract(shared: SharedStore): void {
  describe('erasing interactions', () => {
    test('takes them away at once, whatever form they have, and leaves tombstones', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ id: 'ended' }))
      await write(store, accountId, draft({ id: 'open', open: true }))
      await write(store, accountId, draft({ id: 'gathering', open: true }))
      await add(store, accountId, [message('m2')], { id: 'gathering' })
      await write(store, accountId, draft({ id: 'stays' }))
      const ids = ['ended', 'open', 'gathering']
      const { erasure, unknown, revision } = await erase(store, accountId, { kind: 'interactions', ids })
      assert.deepEqual([unknown, revision], [[], 8])
      assert.deepEqual(
        { ...erasure, erasureId: '' },
        {
          erasureId: '',
          kind: 'interactions',
          clientId: 'officer',
          requestedAt: NOW,
          interactions: 3,
          erasedAt: NOW,
          ...('purgedAt' in erasure && { purgedAt: undefined }),
        },
      )
      await assertHidden(store, accountId, ids)
      assert.deepEqual(await listedIds(store, accountId), ['stays'])
      assert.deepEqual(await changesOf(store, accountId), [
        [5, 'stays', 'ended'],
        [6, 'ended', 'erased', 'interactions'],
        [7, 'open', 'erased', 'interactions'],
        [8, 'gathering', 'erased', 'interactions'],
      ])
      for (const id of ids) await isRefused(store, accountId, { id })
      assert.equal(await store.getRevision(accountId), 8)
    })

    test('takes one out of the middle of many, which stay as they are', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 40 }, (_, n) => draft({ id: `i${n}`, at: NOON + n, text: `${n}` }))
      await store.writeInteractions(accountId, drafts)
      const gone = ['i0', 'i7', 'i15', 'i16', 'i39']
      await erase(store, accountId, { kind: 'interactions', ids: gone })
      const left = drafts.filter(({ id }) => !gone.includes(id))
      assert.deepEqual(
        await listedIds(store, accountId),
        left.map(({ id }) => id),
      )
      for (const { id, json } of left) assert.equal(await jsonOf(store, accountId, id), json)
    })

    test('also refuses what was never there, and says which; an id counts once', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ id: 'known' }))
      const ids = ['never', 'known', 'never', 'known']
      const { erasure, unknown, revision } = await erase(store, accountId, { kind: 'interactions', ids })
      assert.deepEqual([erasure.interactions, unknown, revision], [1, ['never'], 3])
      await isRefused(store, accountId, { id: 'never' })
      // Again, there is nothing left to erase, and nothing is told twice.
      const again = await erase(store, accountId, { kind: 'interactions', ids: ['known'] })
      assert.deepEqual([again.erasure.interactions, again.unknown, again.revision], [0, ['known'], 3])
      assert.deepEqual(await changesOf(store, accountId), [
        [2, 'never', 'erased', 'interactions'],
        [3, 'known', 'erased', 'interactions'],
      ])
    })

    test('under one erasure id happens once', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft())
      const target: ErasureTarget = { kind: 'interactions', ids: ['one'] }
      const request = { erasureId: 'once', target, now: NOW }
      const first = await store.erase(accountId, request)
      const again = await store.erase(accountId, { ...request, now: NOW + 5 })
      assert.deepEqual(again.erasure, first.erasure)
      assert.equal(again.revision, 2)
    })

    test('in one account leaves the same ids of another alone', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      for (const accountId of [one, other]) await write(store, accountId, draft())
      const { erasure } = await erase(store, one, { kind: 'interactions', ids: ['one'] })
      assert.equal(await jsonOf(store, other, 'one'), draft().json)
      assert.equal((await write(store, other, draft({ text: 'new' }))).outcome, 'updated')
      assert.equal(await store.getErasure(other, erasure.erasureId), undefined)
      assert.deepEqual(await store.getErasure(one, erasure.erasureId), erasure)
    })

    test('is refused in an account that does not exist', async () => {
      await assert.rejects(erase(shared.store, 'nobody', { kind: 'interactions', ids: ['one'] }))
      await assert.rejects(erase(shared.store, 'nobody', { kind: 'account' }))
    })
  })

  describe('erasing a customer', () => {
    async function filled(): Promise<{ store: Store; accountId: string; ids: string[] }> {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 40 }, (_, n) =>
        draft({ id: `i${n}`, at: NOON + n, customer: n % 4 === 0 ? 'gone' : 'other' }),
      )
      await store.writeInteractions(accountId, drafts)
      await write(store, accountId, draft({ id: 'open', customer: 'gone', open: true }))
      await add(store, accountId, [message('m2')], { id: 'open' })
      const ids = [...drafts.filter(({ customerId }) => customerId === 'gone').map(({ id }) => id), 'open']
      return { store, accountId, ids }
    }

    test('hides all of theirs before any of it is taken away', async () => {
      const { store, accountId, ids } = await filled()
      const before = (await store.getRevision(accountId)) ?? 0
      const { erasure, revision } = await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      assert.equal(revision, before + 1)
      assert.equal(erasure.erasedAt, undefined)
      await assertHidden(store, accountId, ids)
      assert.equal((await listedIds(store, accountId)).length, 30)
      // Pages are as full as before, and go on where they ended.
      const window = { from: NOON, to: NOON + 99 }
      const page = await store.listInteractions(accountId, { window, limit: 30, maxBytes: 1e9 })
      assert.deepEqual([page.count, page.next], [30, undefined])
      const short = await store.listInteractions(accountId, { window, limit: 4, maxBytes: 1e9 })
      assert.deepEqual([short.count, short.next?.id], [4, 'i5'])
      for (const id of ['i4', 'open']) {
        const added = await add(store, accountId, [message('new')], { id })
        assert.equal(added.outcome === 'rejected' && added.reason, 'erased')
        assert.deepEqual(await write(store, accountId, draft({ id, customer: 'other' })), ERASED)
        assert.deepEqual(
          await write(store, accountId, draftWithoutMessages({ id, customer: 'other' })),
          ERASED,
        )
      }
      // Followers get on to what is behind it, by small pages too.
      const told: unknown[] = []
      for (let after = 0, pages = 0; pages < 60; pages += 1) {
        const some = await changesOf(store, accountId, after, 3)
        if (some.length === 0) break
        told.push(...some.map(([, id]) => id))
        after = Number(some.at(-1)?.[0])
      }
      assert.equal(told.length, 30)
    })

    test('ends with tombstones, bite by bite, and says how many', async () => {
      const { store, accountId, ids } = await filled()
      const { erasure } = await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      const first = await store.eraseMore(accountId, 4, NOW)
      assert.deepEqual([first.count, first.more], [4, true])
      assert.equal((await store.getErasure(accountId, erasure.erasureId))?.interactions, 4)
      await assertHidden(store, accountId, ids)
      assert.equal(await finishErasing(store, accountId), ids.length - 4)
      const done = await store.getErasure(accountId, erasure.erasureId)
      assert.deepEqual([done?.interactions, done?.erasedAt, done?.purgedAt], [ids.length, NOW, undefined])
      await assertHidden(store, accountId, ids)
      const told = (await changesOf(store, accountId)).filter(([, , kind]) => kind === 'erased')
      assert.deepEqual(new Set(told.map(([, id]) => id)), new Set(ids))
      assert.ok(told.every(([, , , reason]) => reason === 'customer'))
      const revision = (await store.getRevision(accountId)) ?? 0
      assert.deepEqual(
        told.map(([at]) => at),
        ids.map((_, n) => revision - ids.length + 1 + n),
      )
      // Nothing more is to be done.
      assert.deepEqual(await store.eraseMore(accountId, 4, NOW), { count: 0, revision, more: false })
    })

    test('refuses what started before it, and takes what starts afterwards', async () => {
      const { store, accountId } = await filled()
      await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      for (const finished of [false, true]) {
        if (finished) await finishErasing(store, accountId)
        await isRefused(store, accountId, { id: 'late', customer: 'gone', at: NOON })
        await isRefused(store, accountId, { id: 'late', customer: 'gone', at: NOW_MICROS })
        const id = `new-${finished}`
        const later = { id, customer: 'gone', at: NOW_MICROS + 1 }
        assert.equal((await write(store, accountId, draft({ ...later, open: true }))).outcome, 'created')
        assert.equal((await add(store, accountId, [message('m2')], { id })).outcome, 'updated')
        assert.equal((await write(store, accountId, draft(later))).outcome, 'updated')
        assert.equal(await jsonOf(store, accountId, id), draft(later).json)
      }
      // An interaction of somebody else cannot become theirs, either.
      assert.deepEqual(await write(store, accountId, draft({ id: 'i1', customer: 'gone', at: NOON })), ERASED)
      assert.equal((await write(store, accountId, draft({ id: 'i1', customer: 'third' }))).outcome, 'updated')
    })

    test('twice takes what came in between; an earlier one does not undo a later one', async () => {
      const { store, accountId } = await filled()
      const target = { kind: 'customer', customerId: 'gone' } as const
      await erase(store, accountId, target)
      await finishErasing(store, accountId)
      const between = { id: 'between', customer: 'gone', at: NOW_MICROS + 5000 }
      await write(store, accountId, draft(between))
      await erase(store, accountId, target, NOW + 10)
      await erase(store, accountId, target, NOW - 10)
      assert.equal(await finishErasing(store, accountId), 1)
      await isRefused(store, accountId, between)
      await isRefused(store, accountId, { ...between, id: 'another' })
    })

    test('takes those that are yet to start as well, where they are stored', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ customer: 'gone', at: NOW_MICROS + 1e9 }))
      await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      await assertHidden(store, accountId, ['one'])
      assert.equal(await finishErasing(store, accountId), 1)
    })

    test('leaves the same customer of another account alone', async () => {
      const { store, accountId } = await filled()
      const other = await shared.account()
      await write(store, other, draft({ customer: 'gone' }))
      await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      await finishErasing(store, accountId)
      assert.deepEqual(await listedIds(store, other), ['one'])
      assert.deepEqual(await store.eraseMore(other, 10, NOW), { count: 0, revision: 1, more: false })
      assert.equal((await write(store, other, draft({ id: 'two', customer: 'gone' }))).outcome, 'created')
    })

    test('and another one at once do not get in each other’s way', async () => {
      const { store, accountId, ids } = await filled()
      await erase(store, accountId, { kind: 'customer', customerId: 'gone' })
      await erase(store, accountId, { kind: 'customer', customerId: 'other' })
      const named = await erase(store, accountId, { kind: 'interactions', ids: ['i1', 'i4'] })
      // Each is counted by one of them, although nobody could see it any more.
      assert.deepEqual([named.erasure.interactions, named.unknown], [2, []])
      assert.deepEqual(await listedIds(store, accountId), [])
      assert.equal(await finishErasing(store, accountId, 7), ids.length + 30 - 2)
      const told = (await changesOf(store, accountId)).map(([, id]) => id)
      assert.deepEqual(new Set(told).size, told.length)
      assert.equal(told.length, ids.length + 30)
    })
  })

  describe('erasing an account', () => {
    test('takes all of it, refuses what started before, and takes new ones', async () => {
      const { store } = shared
      const [accountId, other] = [await shared.account(), await shared.account()]
      for (const id of ['a', 'b']) await write(store, accountId, draft({ id, customer: id }))
      await write(store, accountId, draft({ id: 'c', open: true }))
      await write(store, other, draft({ id: 'a' }))
      const { erasure } = await erase(store, accountId, { kind: 'account' })
      await assertHidden(store, accountId, ['a', 'b', 'c'])
      await isRefused(store, accountId, { id: 'd', customer: 'anybody' })
      const later = { id: 'e', at: NOW_MICROS + 1 }
      assert.equal((await write(store, accountId, draft(later))).outcome, 'created')
      assert.equal(await finishErasing(store, accountId, 2), 3)
      assert.deepEqual(await listedIds(store, accountId), ['e'])
      assert.deepEqual(await listedIds(store, other), ['a'])
      const done = await store.getErasure(accountId, erasure.erasureId)
      assert.deepEqual([done?.kind, done?.interactions, done?.erasedAt], ['account', 3, NOW])
      const told = await changesOf(store, accountId)
      assert.deepEqual(
        new Set(told.map(([, id, kind]) => `${id} ${kind}`)),
        new Set(['a erased', 'b erased', 'c erased', 'e ended']),
      )
    })

    test('of nothing is done with the first bite', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const { erasure } = await erase(store, accountId, { kind: 'account' })
      assert.equal(await finishErasing(store, accountId), 0)
      assert.equal((await store.getErasure(accountId, erasure.erasureId))?.erasedAt, NOW)
    })
  })
}
