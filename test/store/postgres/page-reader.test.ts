import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deflateBlock } from '../../../src/interaction/block.ts'
import { plainPage } from '../../../src/interaction/page.ts'
import { PageReader } from '../../../src/store/postgres/interactions/page-reader.ts'
import type { Listing } from '../../../src/store/store.ts'
import { bigint, rowOf } from './wire/messages.ts'

interface Sent {
  id: string
  /** Plain bytes. */
  bytes: number
  /** Comes without its document. */
  large?: boolean
  /** How many there would be. */
  count?: number
}

function take(reader: PageReader, rows: Sent[]): void {
  rows.forEach(({ id, bytes, large, count }, index) => {
    const { deflated, crc, length } = deflateBlock(Buffer.from(`"${id.padEnd(bytes - 2)}"`))
    const sum = Buffer.alloc(8)
    sum.writeUInt32BE(crc)
    sum.writeUInt32BE(length, 4)
    const values = [bigint(1000 + index), Buffer.from(id), sum]
    const row = rowOf([
      ...values,
      large ? null : Buffer.from(deflated),
      ...(count === undefined ? [] : [bigint(count)]),
    ])
    const among = Buffer.concat([Buffer.from('before'), row])
    reader.take(among, 6)
    among.fill(0xee)
  })
}

function idsOf({ blocks }: Listing): string[] {
  const page = JSON.parse(plainPage(blocks, { self: 'http://localhost' }).toString())
  return page._embedded.interactions.map((text: string) => text.trim())
}

const EACH = 100
const many = (count: number, more: Partial<Sent> = {}): Sent[] =>
  Array.from({ length: count }, (_, n) => ({ id: `id-${n}`, bytes: EACH, ...more }))

describe('a page that is read as its rows come', () => {
  const listed = (rows: Sent[], limit: number, maxBytes: number, counted = false) => {
    const reader = new PageReader({ limit, maxBytes }, 1000, counted)
    take(reader, rows)
    return reader.listing()
  }

  test('goes on behind its last one where a further row came', () => {
    const listing = listed(many(4), 3, 1e6) as Listing
    assert.deepEqual(idsOf(listing), ['id-0', 'id-1', 'id-2'])
    assert.deepEqual([listing.count, listing.next], [3, { startedAt: 1002, id: 'id-2' }])
  })

  test('is the last one where none came', () => {
    const listing = listed(many(3), 3, 1e6) as Listing
    assert.deepEqual([listing.count, listing.next], [3, undefined])
    assert.deepEqual(listed([], 3, 1e6)?.blocks, [])
  })

  test('ends before the document with which it would have too many bytes, and has one in any case', () => {
    const full = listed(many(4), 50, 3 * EACH) as Listing
    assert.deepEqual([full.count, full.next?.id], [3, 'id-2'])
    const short = listed(many(4), 50, 3 * EACH - 1) as Listing
    assert.deepEqual([short.count, short.next?.id], [2, 'id-1'])
    const one = listed(many(4), 50, 1) as Listing
    assert.deepEqual([one.count, one.next?.id], [1, 'id-0'])
    assert.equal(listed(many(4), 50, 4 * EACH)?.next, undefined)
  })

  test('is none where a document that belongs on it did not come, and whole where it does not', () => {
    const large = { id: 'large', bytes: EACH, large: true }
    assert.equal(listed([...many(2), large, ...many(1)], 50, 1e6), undefined)
    const listing = listed([...many(2), large], 2, 1e6) as Listing
    assert.deepEqual([listing.count, listing.next?.id], [2, 'id-1'])
    assert.equal(listed([...many(2), large], 50, 2 * EACH + 1)?.count, 2)
  })

  test('goes on where the server says that there is more', () => {
    const bounded = listed(many(2, { count: 5 }), 50, 1e6, true) as Listing
    assert.deepEqual([bounded.count, bounded.next?.id], [2, 'id-1'])
    assert.equal(listed(many(5, { count: 5 }), 50, 1e6, true)?.next, undefined)
    const full = listed(many(5, { count: 5 }), 4, 1e6, true) as Listing
    assert.deepEqual([full.count, full.next?.id], [4, 'id-3'])
  })

  test('takes the longest ids', () => {
    const id = 'é'.repeat(128)
    const rows = [{ id, bytes: 300 }, ...many(1)]
    assert.deepEqual((listed(rows, 1, 1e6) as Listing).next, { startedAt: 1000, id })
  })

  test('refuses rows of other columns', () => {
    const reader = new PageReader({ limit: 5, maxBytes: 10 }, 10)
    assert.throws(() => reader.take(rowOf([Buffer.from('abc')]), 0), /no bigint/)
    assert.throws(() => reader.take(rowOf([bigint(1), null, null, null]), 0), /no bigint/)
    assert.throws(() => reader.take(rowOf([null, null, null, null]), 0), /is null/)
  })

  test('refuses rows that are out of order', () => {
    const reader = new PageReader({ limit: 5, maxBytes: 1e6 }, 10)
    take(reader, many(2))
    assert.throws(() => take(reader, many(1)), /out of order/)
    const same = new PageReader({ limit: 5, maxBytes: 1e6 }, 10)
    take(same, [{ id: 'b', bytes: EACH }])
    assert.throws(() => take(same, [{ id: 'a', bytes: EACH }]), /out of order/)
    assert.throws(() => take(same, [{ id: 'b', bytes: EACH }]), /out of order/)
    take(same, [{ id: 'c', bytes: EACH }])
  })

  test('tells the standing, wherever it stands', () => {
    const standing = (client: boolean) => rowOf([null, null, bigint(7), client ? Buffer.alloc(0) : null])
    for (const client of [true, false]) {
      const reader = new PageReader({ limit: 5, maxBytes: 1e6 }, 10)
      assert.equal(reader.standing, undefined)
      take(reader, many(7))
      reader.take(standing(client), 0)
      assert.deepEqual(reader.standing, { revision: 7, client })
      assert.equal(reader.listing()?.count, 5)
    }
  })
})
