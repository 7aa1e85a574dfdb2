import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../../../src/store/store.ts'
import { draft, NOON, textOf, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { erase, NOW } from './living-drafts.ts'

const ALL = { after: 0, limit: 1000, maxBytes: Number.MAX_SAFE_INTEGER }

async function told(store: Store, accountId: string, query: Partial<typeof ALL> = {}) {
  const { changes, more } = await store.listChanges(accountId, { ...ALL, ...query })
  return {
    more,
    changes: changes.map((change) => [
      change.revision,
      change.id,
      change.kind === 'ended' ? textOf(change.document) : undefined,
    ]),
  }
}

export function changesContract(shared: SharedStore): void {
  describe('changes', () => {
    test('each interaction once, under its last revision, in order; open ones without their document', async () => {
      const { store } = shared
      const accountId = await shared.account()
      assert.deepEqual(await told(store, accountId), { more: false, changes: [] })
      const [a, b] = [draft({ id: 'a', at: NOON + 50 }), draft({ id: 'b', at: NOON - 50 })]
      const again = draft({ id: 'a', at: NOON - 99, text: 'moved' })
      for (const each of [a, b, draft({ id: 'open', open: true }), again]) await write(store, accountId, each)
      const expected = [
        [2, 'b', b.json],
        [3, 'open', undefined],
        [4, 'a', again.json],
      ]
      assert.deepEqual(await told(store, accountId), { more: false, changes: expected })
      assert.deepEqual(await told(store, accountId, { after: 2 }), {
        more: false,
        changes: expected.slice(1),
      })
      assert.deepEqual(await told(store, accountId, { after: 4 }), { more: false, changes: [] })
      assert.deepEqual(await told(store, accountId, { after: 99 }), { more: false, changes: [] })
    })

    test('so many at once, and whether others follow', async () => {
      const { store } = shared
      const accountId = await shared.account()
      for (let n = 0; n < 4; n += 1) await write(store, accountId, draft({ id: `i${n}` }))
      for (const [limit, count, more] of [
        [1, 1, true],
        [3, 3, true],
        [4, 4, false],
        [5, 4, false],
      ] as const) {
        const page = await told(store, accountId, { limit })
        assert.deepEqual([page.changes.length, page.more], [count, more])
      }
    })

    test('where they have reached: the last one, or the account’s revision at the end, though nothing is told of it', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const reached = async (query: Partial<typeof ALL>) =>
        (await store.listChanges(accountId, { ...ALL, ...query })).reached
      assert.equal(await reached({}), 0)
      for (const id of ['a', 'b', 'c']) await write(store, accountId, draft({ id, text: 'x'.repeat(500) }))
      assert.deepEqual([await reached({ limit: 2 }), await reached({ maxBytes: 1 })], [2, 1])
      assert.deepEqual(
        [await reached({}), await reached({ after: 3 }), await reached({ after: 9 })],
        [3, 3, 9],
      )
      // Hides all of them, and takes a revision.
      await erase(store, accountId, { kind: 'customer', customerId: 'customer' })
      for (const after of [0, 3, 4]) assert.equal(await reached({ after }), 4)
      await store.eraseMore(accountId, 2, NOW)
      assert.deepEqual([await reached({ after: 4, limit: 1 }), await reached({ after: 5 })], [5, 6])
    })

    test('so many bytes at once, but one in any case; open ones count as none', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = ['a', 'b', 'c'].map((id) => draft({ id }))
      for (const each of drafts) await write(store, accountId, each)
      await write(store, accountId, draft({ id: 'open', open: true, text: 'x'.repeat(9999) }))
      const bytes = drafts[0]?.json.length ?? 0
      const counts = [1, bytes, bytes + 1, 2 * bytes, 3 * bytes].map(async (maxBytes) => {
        const { changes, more } = await told(store, accountId, { maxBytes })
        return [changes.length, more]
      })
      assert.deepEqual(await Promise.all(counts), [
        [1, true],
        [1, true],
        [1, true],
        [2, true],
        [4, false],
      ])
    })

    test('whoever follows the pages gets all, whatever the order in which they came', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 300 }, (_, n) =>
        draft({ id: `i${n}`, at: NOON + ((n * 7919) % 300), text: `${n}`.repeat(1 + (n % 40)) }),
      )
      await store.writeInteractions(accountId, drafts)
      const seen: unknown[] = []
      for (let after = 0, more = true; more; ) {
        const page = await told(store, accountId, { after, limit: 37, maxBytes: 20_000 })
        seen.push(...page.changes)
        more = page.more
        after = Number(page.changes.at(-1)?.[0])
      }
      assert.deepEqual(
        seen,
        drafts.map(({ id, json }, n) => [n + 1, id, json]),
      )
    })
  })
}
