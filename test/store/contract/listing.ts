import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MINUTE, SECOND } from '../../../src/interaction/instant.ts'
import type { ListingQuery, Store } from '../../../src/store/store.ts'
import { ALWAYS, draft, idsOf, listedIds, NOON } from './drafts.ts'
import type { SharedStore } from './driver.ts'

/** Every pair of neighbours is in another order by UTF-16 units, by locale or without regard to case. */
const IN_BYTE_ORDER = [
  '0',
  '10',
  '9',
  'A',
  'B',
  'a',
  'aa',
  'a\u0308',
  'b',
  'ä',
  '漢',
  '\ufb01',
  '～',
  '\ufffd',
  '😀',
  '🙂',
]

async function list(store: Store, accountId: string, query: Partial<ListingQuery>) {
  const listing = await store.listInteractions(accountId, {
    window: ALWAYS,
    limit: 1000,
    maxBytes: 1e9,
    ...query,
  })
  return { ids: idsOf(listing), next: listing.next }
}

export function listingContract(shared: SharedStore): void {
  describe('listing', () => {
    test('ids that start together come in order of their UTF-8 bytes', async () => {
      const accountId = await shared.account()
      const drafts = IN_BYTE_ORDER.map((id) => draft({ id }))
      await shared.store.writeInteractions(accountId, drafts.toReversed())
      assert.deepEqual(await listedIds(shared.store, accountId), IN_BYTE_ORDER)
      const sorted = IN_BYTE_ORDER.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(IN_BYTE_ORDER, sorted)
      assert.notDeepEqual(IN_BYTE_ORDER, IN_BYTE_ORDER.toSorted())
      const pages: string[] = []
      for (let after: ListingQuery['after'], more = true; more; more = after !== undefined) {
        const { ids, next } = await list(shared.store, accountId, { after, limit: 3 })
        pages.push(...ids)
        after = next
      }
      assert.deepEqual(pages, IN_BYTE_ORDER)
    })

    test('the start comes before the id', async () => {
      const accountId = await shared.account()
      const given = { c: -1, a: 1, b: 0, z: -SECOND, B: 1 }
      const drafts = Object.entries(given).map(([id, offset]) => draft({ id, at: NOON + offset }))
      await shared.store.writeInteractions(accountId, drafts)
      assert.deepEqual(await listedIds(shared.store, accountId), ['z', 'c', 'b', 'B', 'a'])
    })

    test('both bounds belong to the range, and only the start is tested', async () => {
      const accountId = await shared.account()
      const drafts = [-1, 0, 1, 2, 3].map((offset) => draft({ id: `i${offset}`, at: NOON + offset }))
      await shared.store.writeInteractions(accountId, drafts)
      const within = async (from: number, to: number) => {
        const { ids } = await list(shared.store, accountId, { window: { from: NOON + from, to: NOON + to } })
        return ids
      }
      assert.deepEqual(await within(0, 2), ['i0', 'i1', 'i2'])
      assert.deepEqual(await within(1, 1), ['i1'])
      assert.deepEqual(await within(4, 9), [])
      assert.deepEqual(await within(MINUTE, 2 * MINUTE), [], 'they ended in this range')
      assert.deepEqual(await within(2, 1), [])
    })

    test('open interactions are absent, and nothing of them counts towards a page', async () => {
      const accountId = await shared.account()
      const drafts = ['a', 'b', 'c', 'd'].map((id) => draft({ id, open: id === 'b' || id === 'd' }))
      await shared.store.writeInteractions(accountId, drafts)
      assert.deepEqual(await list(shared.store, accountId, { limit: 2 }), {
        ids: ['a', 'c'],
        next: undefined,
      })
      await shared.store.writeInteractions(accountId, [draft({ id: 'd' })])
      assert.deepEqual(await listedIds(shared.store, accountId), ['a', 'c', 'd'])
    })

    test('an account without interactions has one empty page', async () => {
      const listing = await list(shared.store, await shared.account(), {})
      assert.deepEqual(listing, { ids: [], next: undefined })
    })

    test('`next` is the last place of a page that more follow, and absent on the last page', async () => {
      const accountId = await shared.account()
      const drafts = ['a', 'b', 'c', 'd'].map((id, n) => draft({ id, at: NOON + n }))
      await shared.store.writeInteractions(accountId, drafts)
      const page = (query: Partial<ListingQuery>) => list(shared.store, accountId, query)
      const [b, d] = [1, 3].map((n) => ({ startedAt: NOON + n, id: drafts[n]?.id as string }))
      assert.deepEqual(await page({ limit: 2 }), { ids: ['a', 'b'], next: b })
      assert.deepEqual(await page({ limit: 2, after: b }), { ids: ['c', 'd'], next: undefined })
      assert.deepEqual(await page({ limit: 4 }), { ids: ['a', 'b', 'c', 'd'], next: undefined })
      assert.deepEqual(await page({ limit: 3, after: b }), { ids: ['c', 'd'], next: undefined })
      assert.deepEqual(await page({ limit: 2, after: d }), { ids: [], next: undefined })
      const window = { from: NOON, to: NOON + 1 }
      assert.deepEqual(await page({ limit: 2, window }), { ids: ['a', 'b'], next: undefined })
    })

    test('a page goes on behind a place that holds nothing, or nothing any more', async () => {
      const accountId = await shared.account()
      await shared.store.writeInteractions(accountId, [
        draft({ id: 'a', at: NOON }),
        draft({ id: 'b', at: NOON + 1 }),
        draft({ id: 'c', at: NOON + 1 }),
        draft({ id: 'd', at: NOON + 2 }),
      ])
      await shared.store.writeInteractions(accountId, [draft({ id: 'b', at: NOON + 3 })])
      const behind = async (offset: number, id: string) => {
        const { ids } = await list(shared.store, accountId, { after: { startedAt: NOON + offset, id } })
        return ids
      }
      assert.deepEqual(await behind(1, 'b'), ['c', 'd', 'b'])
      assert.deepEqual(await behind(1, 'cc'), ['d', 'b'])
      assert.deepEqual(await behind(0, 'zz'), ['c', 'd', 'b'])
      assert.deepEqual(await behind(-5, 'zz'), ['a', 'c', 'd', 'b'])
      assert.deepEqual(await behind(9, ''), [])
    })

    test('a place before the range does not widen it', async () => {
      const accountId = await shared.account()
      const drafts = [0, 1, 2].map((n) => draft({ id: `i${n}`, at: NOON + n }))
      await shared.store.writeInteractions(accountId, drafts)
      const window = { from: NOON + 1, to: NOON + 2 }
      const { ids } = await list(shared.store, accountId, { window, after: { startedAt: NOON - 1, id: 'z' } })
      assert.deepEqual(ids, ['i1', 'i2'])
    })

    test('a page stops before its bytes pass the bound, and holds at least one document', async () => {
      const accountId = await shared.account()
      const drafts = ['a', 'b', 'c', 'd'].map((id) => draft({ id, text: 'ü'.repeat(id === 'c' ? 5000 : 50) }))
      await shared.store.writeInteractions(accountId, drafts)
      const [a, b, c, d] = drafts.map(({ json }) => Buffer.byteLength(json)) as [
        number,
        number,
        number,
        number,
      ]
      const page = (maxBytes: number, after?: string) =>
        list(shared.store, accountId, { maxBytes, after: after && { startedAt: NOON, id: after } } as object)
      const place = (id: string) => ({ startedAt: NOON, id })
      assert.deepEqual(await page(a + b), { ids: ['a', 'b'], next: place('b') })
      assert.deepEqual(await page(a + b - 1), { ids: ['a'], next: place('a') })
      assert.deepEqual(await page(1), { ids: ['a'], next: place('a') })
      assert.deepEqual(await page(a + b + c - 1), { ids: ['a', 'b'], next: place('b') })
      assert.deepEqual(await page(1000, 'b'), { ids: ['c'], next: place('c') })
      assert.deepEqual(await page(1, 'c'), { ids: ['d'], next: undefined })
      assert.deepEqual(await page(a + b + c + d), { ids: ['a', 'b', 'c', 'd'], next: undefined })
    })

    test('a page of any number of documents ends at its bounds, of count, bytes and range', async () => {
      const accountId = await shared.account()
      const drafts = Array.from({ length: 50 }, (_, n) => draft({ id: `i${n}`, at: NOON + n }))
      await shared.store.writeInteractions(accountId, drafts)
      const ids = drafts.map(({ id }) => id)
      let bytes = 0
      for (const [n, { json }] of drafts.entries()) {
        const place = { startedAt: NOON + n, id: `i${n}` }
        const page = { ids: ids.slice(0, n + 1), next: n === 49 ? undefined : place }
        bytes += Buffer.byteLength(json)
        assert.deepEqual(await list(shared.store, accountId, { limit: n + 1 }), page)
        assert.deepEqual(await list(shared.store, accountId, { maxBytes: bytes }), page)
        const window = { from: NOON, to: NOON + n }
        const ofWindow = { ids: page.ids, next: undefined }
        assert.deepEqual(await list(shared.store, accountId, { window }), ofWindow)
        if (n === 0) continue
        const before = { ids: ids.slice(0, n), next: { startedAt: NOON + n - 1, id: `i${n - 1}` } }
        assert.deepEqual(await list(shared.store, accountId, { maxBytes: bytes - 1 }), before)
        assert.deepEqual(await list(shared.store, accountId, { window, limit: n }), before)
      }
    })

    test('the same request over the same data gives the same bytes', async () => {
      const accountId = await shared.account()
      await shared.store.writeInteractions(
        accountId,
        IN_BYTE_ORDER.map((id) => draft({ id })),
      )
      const query = { window: ALWAYS, limit: 7, maxBytes: 1e9 }
      const read = async () => {
        const { free: _, ...listing } = await shared.store.listInteractions(accountId, query)
        return listing
      }
      assert.deepEqual(await read(), await read())
    })

    test('freeing a listing takes nothing from others', async () => {
      const accountId = await shared.account()
      await shared.store.writeInteractions(
        accountId,
        IN_BYTE_ORDER.map((id) => draft({ id })),
      )
      const query = { window: ALWAYS, limit: 9, maxBytes: 1e9 }
      const [first, second] = [
        await shared.store.listInteractions(accountId, query),
        await shared.store.listInteractions(accountId, query),
      ]
      first.free()
      assert.deepEqual(idsOf(second), IN_BYTE_ORDER.slice(0, 9))
      second.free()
      assert.deepEqual(await listedIds(shared.store, accountId), IN_BYTE_ORDER)
    })
  })
}
