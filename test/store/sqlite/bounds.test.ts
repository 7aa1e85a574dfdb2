import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInstant } from '../../../src/interaction/instant.ts'
import type { Place } from '../../../src/interaction/place.ts'
import { MAX_EXAMINED } from '../../../src/store/sqlite/interactions/veiled-listing.ts'
import type { Listing, ListingQuery } from '../../../src/store/store.ts'
import { ALWAYS, draft, idsOf, NOON } from '../contract/drafts.ts'
import { erase, finishErasing, NOW } from '../contract/living-drafts.ts'
import { openAcme } from './support.ts'

const QUERY = { window: ALWAYS, limit: 10, maxBytes: 1e9 }

/** Follows the pages; gives the ids on each. */
async function pages(list: (query: ListingQuery) => Promise<Listing>): Promise<string[][]> {
  const ids: string[][] = []
  let after: Place | undefined
  do {
    const page = await list({ ...QUERY, ...(after !== undefined && { after }) })
    ids.push(page.count === 0 ? [] : idsOf(page))
    after = page.next
  } while (after !== undefined && ids.length < 100)
  return ids
}

for (const open of [false, true]) {
  test(`a page of ${open ? 'open' : 'ended'} ones that finds too much veiled ends early, and the next goes on`, async (t) => {
    const { store } = await openAcme(t)
    const count = MAX_EXAMINED + 100
    const drafts = Array.from({ length: count }, (_, n) =>
      draft({ id: `i${n}`, at: NOON + n, customer: n === 3 || n === count - 1 ? 'stays' : 'gone', open }),
    )
    await store.writeInteractions('acme', drafts)
    const list = (query: ListingQuery) =>
      open ? store.listOpen('acme', query) : store.listInteractions('acme', query)
    await erase(store, 'acme', { kind: 'customer', customerId: 'gone' })
    assert.deepEqual(await pages(list), [['i3'], [`i${count - 1}`]])
    await finishErasing(store, 'acme', 1000)
    assert.deepEqual(await pages(list), [['i3', `i${count - 1}`]])
  })
}

test('a bite of retention looks at so many, and the next one goes on', async (t) => {
  const { store } = await openAcme(t)
  const ends = (at: number) => ({ more: { ended_at: formatInstant(at) } })
  // Those that started first go on longest.
  const long = Array.from({ length: 1500 }, (_, n) =>
    draft({ id: `long${n}`, at: NOON + n, ...ends(NOON + 9e9) }),
  )
  const over = Array.from({ length: 5 }, (_, n) =>
    draft({ id: `over${n}`, at: NOON + 1e6 + n, ...ends(NOON + 1e6 + n) }),
  )
  await store.writeInteractions('acme', [...long, ...over])
  const expiry = { endedBefore: NOON + 2e6, limit: 3, now: NOW }
  const bites: unknown[] = []
  for (let n = 0; n < 4; n += 1) {
    const { count, more } = await store.expire('acme', expiry)
    bites.push([count, more])
  }
  assert.deepEqual(bites, [
    [0, true],
    [3, true],
    [2, false],
    // The next walk begins at the beginning.
    [0, true],
  ])
})

test('what is over while its run is being written is found', async (t) => {
  const { store } = await openAcme(t)
  const results = await Promise.all([
    store.writeInteractions('acme', [draft({ id: 'a' }), draft({ id: 'b' })]),
    store.expire('acme', { endedBefore: NOW * 1000, limit: 1, now: NOW }),
    store.writeInteractions('acme', [draft({ id: 'c' })]),
    store.expire('acme', { endedBefore: NOW * 1000, limit: 9, now: NOW }),
  ])
  assert.deepEqual(
    [results[1], results[3]],
    [
      { count: 1, revision: 3, more: true },
      { count: 2, revision: 6, more: false },
    ],
  )
  assert.deepEqual(await pages((query) => store.listInteractions('acme', query)), [[]])
})
