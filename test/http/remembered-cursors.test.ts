import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { RememberedCursors } from '../../src/http/remembered-cursors.ts'
import { cursorKey } from '../../src/interaction/cursor.ts'
import { openListingCursor } from '../../src/interaction/listing-cursor.ts'

const key = cursorKey(randomBytes(32))
const keys = { current: key, all: [key] }
const place = (n: number) => ({
  window: { from: n, to: n + 10 },
  perPage: 50,
  after: { startedAt: n, id: `i${n}` },
})

test('a cursor opens as the very place it was sealed from, remembered or not', () => {
  const cursors = new RememberedCursors(() => keys, 2)
  const sealed = [1, 2, 3].map((n) => cursors.seal('acme', place(n)))
  for (const [index, cursor] of sealed.entries()) {
    assert.deepEqual(cursors.open('acme', cursor), place(index + 1))
    assert.deepEqual(openListingCursor(keys, 'acme', cursor), place(index + 1))
  }
})

test('a remembered cursor opens for its account only', () => {
  const cursors = new RememberedCursors(() => keys)
  const cursor = cursors.seal('acme', place(1))
  for (const account of ['other', 'acm', 'acme ', '']) assert.equal(cursors.open(account, cursor), undefined)
  assert.equal(cursors.open('acme', `${cursor}x`), undefined)
})

test('only so many are remembered, the newest: the others are opened with the keys', () => {
  let known = keys
  const cursors = new RememberedCursors(() => known, 2)
  const sealed = [1, 2, 3].map((n) => cursors.seal('acme', place(n)))
  // Sealed again, so that it is no longer the oldest.
  cursors.seal('acme', place(2))
  cursors.seal('acme', place(4))
  const another = cursorKey(randomBytes(32))
  known = { current: another, all: [another] }
  assert.deepEqual(
    sealed.map((cursor) => cursors.open('acme', cursor)),
    [undefined, place(2), undefined],
  )
})
