import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Draft } from '../../../src/interaction/serialise.ts'
import type { ListingQuery, Store } from '../../../src/store/store.ts'
import { draft, idsOf, NOON, textsOf } from './drafts.ts'
import type { SharedStore } from './driver.ts'

type Place = NonNullable<ListingQuery['after']>

/** A write of one of the scenario's interactions, with its start relative to the range. */
interface Put {
  index: number
  offset: number
  open: boolean
  size: number
}

const WINDOW = { from: NOON, to: NOON + 4 }

/** Ids that meet often, and ids whose order is easy to get wrong. */
const ids = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom('a', 'A', 'aa', 'b', 'ä', '\ufffd', '～', '😀'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).filter((id) => !id.includes('\0')),
  ),
  { minLength: 4, maxLength: 10 },
)

const put = fc.record<Put>({
  index: fc.nat(),
  offset: fc.integer({ min: -1, max: 5 }),
  open: fc.nat(5).map((n) => n === 0),
  size: fc.constantFrom(0, 30, 300),
})

const scenario = fc.record({
  ids,
  initial: fc.array(put, { minLength: 5, maxLength: 25 }),
  between: fc.array(fc.array(put, { maxLength: 4 }), { maxLength: 8 }),
  limit: fc.integer({ min: 1, max: 6 }),
  maxBytes: fc.constantFrom(1, 400, 700, 1500, 1e9),
})

export function pagingContract(shared: SharedStore): void {
  describe('paging', () => {
    test('every page is what a sorted list of the stored documents gives, whatever is written between', () =>
      fc.assert(
        fc.asyncProperty(scenario, async ({ ids, initial, between, limit, maxBytes }) => {
          const { store } = shared
          const accountId = await shared.account()
          const model = new Map<string, Draft>()
          await apply(store, accountId, model, ids, initial)
          const unmoved = new Map(inRange(model).map((each) => [each.id, each.startedAt]))
          const seen: Place[] = []
          const query: ListingQuery = { window: WINDOW, limit, maxBytes }
          for (const puts of [...between, ...endless()]) {
            const expected = pageOf(model, query)
            const listing = await store.listInteractions(accountId, query)
            const { next } = listing
            assert.deepEqual(
              textsOf(listing),
              expected.drafts.map(({ json }) => json),
            )
            assert.deepEqual(next, expected.next)
            seen.push(...expected.drafts.map(placeOf))
            if (next === undefined) break
            query.after = next
            await apply(store, accountId, model, ids, puts)
            for (const [id, startedAt] of unmoved) {
              if (model.get(id)?.startedAt !== startedAt) unmoved.delete(id)
            }
          }
          assertAscending(seen)
          for (const id of unmoved.keys()) {
            assert.equal(seen.filter((place) => place.id === id).length, 1, `${id} is visited once`)
          }
        }),
        { numRuns: 60 },
      ))

    test('what stays in its place is visited once, in order, while others are written', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const fixed = Array.from({ length: 120 }, (_, n) => draft({ id: `fixed-${n}`, at: NOON + (n % 40) }))
      const moving = (turn: number) =>
        Array.from({ length: 10 }, (_, n) =>
          draft({ id: `moving-${n}`, at: NOON + ((n * 7 + turn * 3) % 40), text: String(turn) }),
        )
      await store.writeInteractions(accountId, [...fixed, ...moving(0)])
      const visited: string[] = []
      let after: Place | undefined
      for (let turn = 1; turn === 1 || after !== undefined; turn += 1) {
        const rewritten = fixed.slice(turn, turn + 5).map((each) => withText(each, String(turn)))
        const writing = store.writeInteractions(accountId, [
          ...moving(turn),
          ...rewritten,
          draft({ id: `new-${turn}`, at: NOON + turn }),
        ])
        const window = { from: NOON, to: NOON + 39 }
        const listing = await store.listInteractions(accountId, { window, after, limit: 9, maxBytes: 1e9 })
        visited.push(...idsOf(listing))
        after = listing.next
        await writing
      }
      const expected = fixed.toSorted((a, b) => comparePlaces(placeOf(a), placeOf(b))).map(({ id }) => id)
      assert.deepEqual(
        visited.filter((id) => id.startsWith('fixed-')),
        expected,
      )
    })
  })
}

/** No writes, again and again: until the last page is reached. */
function* endless(): Generator<Put[]> {
  for (let n = 0; n < 100; n += 1) yield []
}

async function apply(
  store: Store,
  accountId: string,
  model: Map<string, Draft>,
  ids: string[],
  puts: Put[],
): Promise<void> {
  const drafts = puts.map(({ index, offset, open, size }) =>
    draft({ id: ids[index % ids.length], at: NOON + offset, open, text: 'x'.repeat(size) }),
  )
  await store.writeInteractions(accountId, drafts)
  for (const each of drafts) {
    const reopens = model.get(each.id)?.endedAt !== undefined && each.endedAt === undefined
    if (!reopens) model.set(each.id, each)
  }
}

function inRange(model: Map<string, Draft>): Draft[] {
  const listed = [...model.values()].filter(
    ({ startedAt, endedAt }) => endedAt !== undefined && startedAt >= WINDOW.from && startedAt <= WINDOW.to,
  )
  return listed.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)))
}

function pageOf(model: Map<string, Draft>, { after, limit, maxBytes }: ListingQuery) {
  const following = inRange(model).filter((each) => !after || comparePlaces(placeOf(each), after) > 0)
  let bytes = 0
  const drafts = following.slice(0, limit).filter((each, index) => {
    bytes += Buffer.byteLength(each.json)
    return index === 0 || bytes <= maxBytes
  })
  const last = drafts.at(-1)
  return { drafts, next: last && following.length > drafts.length ? placeOf(last) : undefined }
}

function placeOf({ startedAt, id }: Draft): Place {
  return { startedAt, id }
}

function comparePlaces(a: Place, b: Place): number {
  return a.startedAt - b.startedAt || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
}

function assertAscending(places: Place[]): void {
  places.slice(1).forEach((place, index) => {
    assert.ok(comparePlaces(places[index] as Place, place) < 0, `${place.id} is in order`)
  })
}

function withText({ id, startedAt }: Draft, text: string): Draft {
  return draft({ id, at: startedAt, text })
}
