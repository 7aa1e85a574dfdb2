import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { HashSet } from '../../../src/interaction/canonical/hash-set.ts'

describe('a set of hashes', () => {
  test('holds what was added since it was emptied', () => {
    const set = new HashSet(50)
    // Few different ones, so that they come again; and their extremes.
    const hash = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer())
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 50 }), (hashes) => {
        set.clear()
        const plain = new Set<number>()
        for (const each of hashes) {
          assert.equal(set.add(each), !plain.has(each))
          plain.add(each)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('takes as many as it is made for, and no more', () => {
    const set = new HashSet(3)
    assert.deepEqual(
      [1, 2, 3, 4, 1].map((hash) => set.add(hash)),
      [true, true, true, false, false],
    )
    set.clear()
    assert.ok(set.add(4))
  })

  test('finds room for those that want one place', () => {
    const set = new HashSet(1000)
    // The place is that of the upper bits of a product, so multiples of a large power of two meet.
    for (let each = 0; each < 1000; each += 1) assert.ok(set.add(each << 22), `${each}`)
    for (let each = 0; each < 1000; each += 1) assert.ok(!set.add(each << 22), `${each}`)
  })
})
