import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type CursorKeys, cursorKey, sealCursor } from '../../src/interaction/cursor.ts'
import { EARLIEST, LATEST } from '../../src/interaction/instant.ts'
import { MAX_ID_BYTES } from '../../src/interaction/limits.ts'
import {
  type ListingPlace,
  openListingCursor,
  sealListingCursor,
} from '../../src/interaction/listing-cursor.ts'
import { MAX_WINDOW } from '../../src/interaction/window.ts'
import { character } from './arbitraries.ts'

const key = cursorKey(new Uint8Array(32).fill(7))
const KEYS: CursorKeys = { current: key, all: [key] }

const instant = fc.integer({ min: EARLIEST - MAX_WINDOW, max: LATEST + MAX_WINDOW })
const plainObject = { noNullPrototype: true }
const id = fc.string({ unit: character, minLength: 1, maxLength: 64 })
const place: fc.Arbitrary<ListingPlace> = fc.record(
  {
    window: fc.record({ from: instant, to: instant }, plainObject),
    perPage: fc.integer({ min: 1, max: 500 }),
    after: fc.record({ startedAt: instant, id }, plainObject),
  },
  plainObject,
)

const SAMPLE: ListingPlace = {
  window: { from: 1, to: 2 },
  perPage: 50,
  after: { startedAt: 2, id: 'i1' },
}

describe('the cursor of a listing', () => {
  it('holds range, page size and place, whatever they are', () => {
    fc.assert(
      fc.property(place, fc.string(), (each, account) => {
        assert.deepEqual(openListingCursor(KEYS, account, sealListingCursor(KEYS, account, each)), each)
      }),
    )
  })

  it('is the same text for the same place and another for another', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [one, two] = [sealListingCursor(KEYS, 'a', a), sealListingCursor(KEYS, 'a', b)]
        assert.equal(sealListingCursor(KEYS, 'a', structuredClone(a)), one)
        assert.equal(one === two, JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })

  it('differs in every part of the place', () => {
    const places: ListingPlace[] = [
      SAMPLE,
      { ...SAMPLE, window: { from: 0, to: 2 } },
      { ...SAMPLE, window: { from: 1, to: 3 } },
      { ...SAMPLE, perPage: 51 },
      { ...SAMPLE, after: { startedAt: 1, id: 'i1' } },
      { ...SAMPLE, after: { startedAt: 2, id: 'i2' } },
    ]
    assert.equal(new Set(places.map((each) => sealListingCursor(KEYS, 'a', each))).size, places.length)
  })

  it('opens for its own account only', () => {
    const cursor = sealListingCursor(KEYS, 'mine', SAMPLE)
    assert.deepEqual(openListingCursor(KEYS, 'mine', cursor), SAMPLE)
    assert.equal(openListingCursor(KEYS, 'theirs', cursor), undefined)
  })

  it('has 404 characters at most', () => {
    for (const id of ['x'.repeat(MAX_ID_BYTES), `${'漢'.repeat(85)}x`]) {
      assert.equal(Buffer.byteLength(id), MAX_ID_BYTES)
      const longest = sealListingCursor(KEYS, 'account', { ...SAMPLE, after: { startedAt: LATEST, id } })
      assert.equal(longest.length, 404)
      assert.equal(openListingCursor(KEYS, 'account', longest)?.after.id, id)
    }
  })

  it('is refused where what was sealed is too short for a place', () => {
    for (const length of [0, 1, 25]) {
      assert.equal(
        openListingCursor(KEYS, 'a', sealCursor(KEYS, 'listing', 'a', new Uint8Array(length))),
        undefined,
      )
    }
  })
})
