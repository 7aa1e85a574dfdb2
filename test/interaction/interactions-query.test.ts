import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CursorKeys, cursorKey } from '../../src/interaction/cursor.ts'
import { EARLIEST, LATEST } from '../../src/interaction/instant.ts'
import {
  type InteractionsPlace,
  openInteractionsCursor,
  sealInteractionsCursor,
} from '../../src/interaction/interactions-cursor.ts'
import { readInteractionsQuery } from '../../src/interaction/interactions-query.ts'
import { openListingCursor, sealListingCursor } from '../../src/interaction/listing-cursor.ts'

const key = cursorKey(new Uint8Array(32).fill(7))
const KEYS: CursorKeys = { current: key, all: [key] }
const PLACE: InteractionsPlace = {
  state: 'open',
  window: { from: EARLIEST, to: Date.UTC(2024, 0, 1) * 1000 },
  perPage: 7,
  after: { startedAt: 12, id: 'é' },
}
const sealed = (place: InteractionsPlace) => sealInteractionsCursor(KEYS, 'a', place)

describe('the cursor of all interactions', () => {
  it('holds state, range, page size and place', () => {
    for (const state of ['open', 'ended'] as const) {
      const place = { ...PLACE, state }
      assert.deepEqual(openInteractionsCursor(KEYS, 'a', sealed(place)), place)
    }
    assert.notEqual(sealed(PLACE), sealed({ ...PLACE, state: 'ended' }))
  })

  it('is of one account, and no cursor of the other listing, nor is one of those one of these', () => {
    assert.equal(openInteractionsCursor(KEYS, 'b', sealed(PLACE)), undefined)
    assert.equal(openListingCursor(KEYS, 'a', sealed(PLACE)), undefined)
    assert.equal(openInteractionsCursor(KEYS, 'a', sealListingCursor(KEYS, 'a', PLACE)), undefined)
    for (const text of ['', 'x', sealed(PLACE).slice(1), `${sealed(PLACE)}A`]) {
      assert.equal(openInteractionsCursor(KEYS, 'a', text), undefined)
    }
  })
})

describe('readInteractionsQuery', () => {
  const read = (query: Record<string, unknown>) =>
    readInteractionsQuery(query, (cursor) => openInteractionsCursor(KEYS, 'a', cursor))
  const requestOf = (query: Record<string, unknown>) => {
    const reading = read(query)
    assert.ok(reading.ok, JSON.stringify(reading))
    return reading.request
  }

  it('is about all that have ended where nothing is said', () => {
    const all = { state: 'ended', window: { from: EARLIEST, to: LATEST }, perPage: 50 }
    assert.deepEqual(requestOf({}), all)
    assert.deepEqual(requestOf({ state: 'ended', other: 'x' }), all)
    assert.deepEqual(requestOf({ state: 'open', per_page: '3' }), { ...all, state: 'open', perPage: 3 })
  })

  it('leaves open the end of the range that is not given, and takes one of any length', () => {
    const from = Date.UTC(2000, 0, 1) * 1000
    const to = Date.UTC(2024, 0, 1) * 1000
    const bounds = { interaction_started: '2000-01-01T00:00:00Z', interaction_ended: '2024-01-01T00:00:00Z' }
    assert.deepEqual(requestOf(bounds).window, { from, to })
    assert.deepEqual(requestOf({ interaction_ended: bounds.interaction_ended }).window, {
      from: EARLIEST,
      to,
    })
    assert.deepEqual(requestOf({ interaction_started: bounds.interaction_started }).window, {
      from,
      to: LATEST,
    })
  })

  it('goes on by a cursor, beside which the same may stand', () => {
    const cursor = sealed(PLACE)
    assert.deepEqual(requestOf({ cursor }), PLACE)
    const same = { cursor, state: 'open', per_page: '7', interaction_ended: '2024-01-01T00:00:00Z' }
    assert.deepEqual(requestOf(same), PLACE)
  })

  it('tells what cannot be used by name', () => {
    const cursor = sealed(PLACE)
    const time = '2024-01-02T00:00:00Z'
    const rows: [query: Record<string, unknown>, names: string[]][] = [
      [{ state: 'erased' }, ['state']],
      [{ state: '' }, ['state']],
      [{ state: ['open', 'open'] }, ['state']],
      [{ per_page: '0', state: 'x' }, ['per_page', 'state']],
      [{ cursor: 'x', state: 'x' }, ['state', 'cursor']],
      [{ cursor: [cursor, cursor] }, ['cursor']],
      [{ cursor, state: 'ended' }, ['state']],
      [{ cursor, interaction_ended: time }, ['interaction_ended']],
      [{ cursor, interaction_started: time }, ['interaction_started']],
      [{ interaction_started: time, interaction_ended: '2024-01-01T00:00:00Z' }, ['interaction_started']],
      [{ interaction_started: '2024', interaction_ended: 'x' }, ['interaction_started', 'interaction_ended']],
    ]
    for (const [query, names] of rows) {
      const reading = read(query)
      assert.ok(!reading.ok, JSON.stringify(query))
      assert.deepEqual(
        reading.problems.map(({ name }) => name),
        names,
      )
    }
  })
})
