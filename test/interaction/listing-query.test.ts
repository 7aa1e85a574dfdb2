import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CursorKeys, cursorKey } from '../../src/interaction/cursor.ts'
import { DAY, parseInstant } from '../../src/interaction/instant.ts'
import {
  type ListingPlace,
  openListingCursor,
  sealListingCursor,
} from '../../src/interaction/listing-cursor.ts'
import { readListingQuery } from '../../src/interaction/listing-query.ts'

const key = cursorKey(new Uint8Array(32).fill(3))
const KEYS: CursorKeys = { current: key, all: [key] }
const NOW = parseInstant('2024-05-08T12:00:00Z') as number
const FROM = parseInstant('2024-04-01T00:00:00Z') as number
const TO = parseInstant('2024-04-03T00:00:00Z') as number

const PLACE: ListingPlace = {
  window: { from: FROM, to: TO },
  perPage: 20,
  after: { startedAt: FROM + DAY, id: 'i9' },
}
const CURSOR = sealListingCursor(KEYS, 'mine', PLACE)
const BOUNDS = { interaction_started: '2024-04-01T00:00:00Z', interaction_ended: '2024-04-03T00:00:00Z' }

function readQuery(query: Record<string, unknown>, accountId = 'mine') {
  return readListingQuery(query, {
    openCursor: (cursor) => openListingCursor(KEYS, accountId, cursor),
    now: NOW,
  })
}

const UNREADABLE = 'must be an RFC 3339 date-time with an offset, such as 2023-06-16T00:00:02Z'
const NO_CURSOR = 'is not a cursor that was given out for this account'
const PER_PAGE = 'must be a whole number from 1 to 500'
const REPEATED = 'is given more than once'

describe('the query of a listing', () => {
  const window = { from: FROM, to: TO }
  const accepted: [what: string, query: Record<string, unknown>, request: object][] = [
    ['nothing', {}, { window: { from: NOW - 7 * DAY, to: NOW }, perPage: 50, repeatable: false }],
    ['both bounds', BOUNDS, { window, perPage: 50, repeatable: true }],
    [
      'a start alone',
      { interaction_started: BOUNDS.interaction_started },
      { window: { from: FROM, to: FROM + 7 * DAY }, perPage: 50, repeatable: false },
    ],
    [
      'an end alone',
      { interaction_ended: BOUNDS.interaction_ended },
      { window: { from: TO - 7 * DAY, to: TO }, perPage: 50, repeatable: false },
    ],
    ['the smallest page', { ...BOUNDS, per_page: '1' }, { window, perPage: 1, repeatable: true }],
    ['the largest page', { ...BOUNDS, per_page: '500' }, { window, perPage: 500, repeatable: true }],
    [
      'parameters that it does not know',
      { ...BOUNDS, page: 'x', _: ['1', '2'], Cursor: 'x' },
      { window, perPage: 50, repeatable: true },
    ],
    ['a cursor', { cursor: CURSOR }, { ...PLACE, repeatable: true }],
    ['a cursor with its own range beside it', { cursor: CURSOR, ...BOUNDS }, { ...PLACE, repeatable: true }],
    [
      'a cursor with its own range in another notation',
      { cursor: CURSOR, interaction_started: '2024-04-01T02:00:00.000+02:00' },
      { ...PLACE, repeatable: true },
    ],
    ['a cursor with its own page size', { cursor: CURSOR, per_page: '20' }, { ...PLACE, repeatable: true }],
    ['a cursor among unknown parameters', { cursor: CURSOR, limit: '9' }, { ...PLACE, repeatable: true }],
  ]
  for (const [what, query, request] of accepted) {
    it(`takes ${what}`, () => {
      assert.deepEqual(readQuery(query), { ok: true, request })
    })
  }

  const differs = (bound: string) => `differs from the cursor's range (${bound}): leave it out`
  const refused: [what: string, query: Record<string, unknown>, problems: [string, string][]][] = [
    ['a broken cursor', { cursor: `${CURSOR}A` }, [['cursor', NO_CURSOR]]],
    ['an empty cursor', { cursor: '' }, [['cursor', NO_CURSOR]]],
    ['a repeated cursor', { cursor: [CURSOR, CURSOR] }, [['cursor', REPEATED]]],
    [
      'a cursor with another start beside it',
      { cursor: CURSOR, interaction_started: '2024-04-01T00:00:00.000001Z' },
      [['interaction_started', differs('2024-04-01T00:00:00.000000Z')]],
    ],
    [
      'a cursor with another end beside it',
      { cursor: CURSOR, interaction_ended: '2024-04-02T00:00:00Z' },
      [['interaction_ended', differs('2024-04-03T00:00:00.000000Z')]],
    ],
    [
      'a cursor with an unreadable bound beside it',
      { cursor: CURSOR, interaction_started: 'today' },
      [['interaction_started', UNREADABLE]],
    ],
    [
      'a cursor with a repeated bound beside it',
      { cursor: CURSOR, interaction_ended: [BOUNDS.interaction_ended, BOUNDS.interaction_ended] },
      [['interaction_ended', REPEATED]],
    ],
    [
      'a cursor with a larger page size beside it',
      { cursor: CURSOR, per_page: '50' },
      [['per_page', "differs from the cursor's (20): leave it out"]],
    ],
    [
      'a cursor with a smaller page size beside it',
      { cursor: CURSOR, per_page: '19' },
      [['per_page', "differs from the cursor's (20): leave it out"]],
    ],
    ['a cursor with a bad page size beside it', { cursor: CURSOR, per_page: 'x' }, [['per_page', PER_PAGE]]],
    ['a repeated page size', { per_page: ['10', '10'] }, [['per_page', REPEATED]]],
    [
      'everything at once, and tells it all',
      { interaction_started: 'a', interaction_ended: ['b', 'c'], per_page: '0' },
      [
        ['interaction_started', UNREADABLE],
        ['interaction_ended', REPEATED],
        ['per_page', PER_PAGE],
      ],
    ],
    ['a good range with a bad page size', { ...BOUNDS, per_page: '501' }, [['per_page', PER_PAGE]]],
    [
      'everything beside a cursor, and tells it all',
      { cursor: CURSOR, interaction_started: '2024-01-01T00:00:00Z', interaction_ended: 'x', per_page: '21' },
      [
        ['interaction_started', differs('2024-04-01T00:00:00.000000Z')],
        ['interaction_ended', UNREADABLE],
        ['per_page', "differs from the cursor's (20): leave it out"],
      ],
    ],
    [
      'a broken cursor and a bad page size',
      { cursor: 'x', per_page: '-1' },
      [
        ['per_page', PER_PAGE],
        ['cursor', NO_CURSOR],
      ],
    ],
  ]
  for (const [what, query, problems] of refused) {
    it(`refuses ${what}`, () => {
      const expected = problems.map(([name, description]) => ({ name, description }))
      assert.deepEqual(readQuery(query), { ok: false, problems: expected })
    })
  }

  it('refuses any page size that is not a whole number from 1 to 500', () => {
    for (const text of [
      '',
      '0',
      '-1',
      '501',
      '1000',
      '1.5',
      '1e2',
      ' 5',
      '5 ',
      '+5',
      '0x10',
      '五',
      'NaN',
      'all',
    ]) {
      assert.deepEqual(readQuery({ per_page: text }), {
        ok: false,
        problems: [{ name: 'per_page', description: PER_PAGE }],
      })
    }
  })

  it("refuses another account's cursor", () => {
    assert.deepEqual(readQuery({ cursor: CURSOR }, 'theirs'), {
      ok: false,
      problems: [{ name: 'cursor', description: NO_CURSOR }],
    })
  })
})
