import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainDocument } from '../../../src/interaction/page.ts'
import { ALWAYS, draft, message, NOON, textsOf, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { add, documentWith, openTexts } from './living-drafts.ts'

export function openListingContract(shared: SharedStore): void {
  describe('open interactions', () => {
    test('are listed by start, then id, whatever form they have; ended ones are not', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const given = [
        { id: 'late', at: NOON + 5 },
        { id: 'b', at: NOON },
        { id: 'a', at: NOON },
        { id: 'early', at: NOON - 5 },
      ].map((each) => ({ ...each, open: true }))
      for (const each of given) await write(store, accountId, draft(each))
      await write(store, accountId, draft({ id: 'ended' }))
      await add(store, accountId, [message('m2')], { id: 'a' })
      const [late, b, a, early] = given
      const expected = [early, a, b, late].map((each) => {
        if (each !== a) return draft(each).json
        return documentWith([message('m1', { text: 'Hello' }), message('m2')], each)
      })
      assert.deepEqual(await openTexts(store, accountId), expected)
    })

    test('come in pages of so many, and so many bytes, within a range', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 7 }, (_, n) => draft({ id: `i${n}`, at: NOON + n, open: true }))
      for (const each of drafts) await write(store, accountId, each)
      const ids = drafts.map(({ id }) => id)
      const seen: string[] = []
      let after: { startedAt: number; id: string } | undefined
      for (let pages = 0; pages < 10; pages += 1) {
        const query = { window: ALWAYS, limit: 3, maxBytes: 1e9, ...(after && { after }) }
        const page = await store.listOpen(accountId, query)
        seen.push(...textsOf(page).map((text) => JSON.parse(text).id))
        after = page.next
        if (after === undefined) break
      }
      assert.deepEqual(seen, ids)
      const bytes = drafts[0]?.json.length ?? 0
      for (const [maxBytes, count] of [
        [1, 1],
        [bytes * 2, 2],
        [bytes * 3 - 1, 2],
      ] as const) {
        const page = await store.listOpen(accountId, { window: ALWAYS, limit: 5, maxBytes })
        assert.deepEqual([page.count, page.next?.id], [count, `i${count - 1}`])
      }
      const window = { from: NOON + 2, to: NOON + 4 }
      const some = await store.listOpen(accountId, { window, limit: 9, maxBytes: 1e9 })
      assert.deepEqual(
        textsOf(some).map((text) => JSON.parse(text).id),
        ['i2', 'i3', 'i4'],
      )
      assert.equal(some.next, undefined)
    })

    test('may be as large as a document may be', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const text = 'ä'.repeat(500_000)
      await write(store, accountId, draft({ open: true, messages: [message('m0', { text })] }))
      for (let n = 1; n < 7; n += 1) await add(store, accountId, [message(`m${n}`, { text })])
      const messages = Array.from({ length: 7 }, (_, n) => message(`m${n}`, { text }))
      const stored = await store.getInteraction(accountId, 'one')
      assert.ok(stored)
      assert.equal(plainDocument(stored.document).toString(), documentWith(messages, { open: true }))
    })
  })
}
