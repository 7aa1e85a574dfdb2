import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { combineCrc32 } from '../../src/interaction/crc32.ts'

function assertCombines(a: Uint8Array, b: Uint8Array): void {
  assert.equal(combineCrc32(crc32(a), crc32(b), b.length), crc32(Buffer.concat([a, b])))
}

describe('combining CRC-32', () => {
  it('equals the CRC-32 of the concatenation', () => {
    const bytes = fc.uint8Array({ maxLength: 2000, size: 'max' })
    fc.assert(fc.property(bytes, bytes, assertCombines), { numRuns: 300 })
  })

  it('takes empty parts on either side', () => {
    const some = Buffer.from('some bytes')
    const none = new Uint8Array()
    assertCombines(none, none)
    assertCombines(some, none)
    assertCombines(none, some)
  })

  it('holds around every power of two, up to several megabytes', () => {
    const pool = Buffer.from(
      Uint8Array.from({ length: 5_000_003 }, (_, index) => (index * 2654435761) >>> 13),
    )
    for (let length = 1; length <= pool.length; length *= 2) {
      assertCombines(pool.subarray(0, 100), pool.subarray(0, length - 1))
      assertCombines(pool.subarray(0, 100), pool.subarray(0, length))
    }
    assertCombines(pool, pool.subarray(17))
  })

  it('joins any row of parts, in any grouping', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (parts) => {
        let crc = 0
        for (const part of parts) crc = combineCrc32(crc, crc32(part), part.length)
        assert.equal(crc, crc32(Buffer.concat(parts)))
      }),
    )
  })

  it('is consistent for lengths beyond 2^29, where the powers repeat', () => {
    const [a, b, c] = [0x12345678, 0x9abcdef0, 0x0f1e2d3c]
    for (const length of [2 ** 29 - 1, 2 ** 29, 2 ** 31 + 5, 2 ** 32, 2 ** 40 + 3]) {
      const grouped = combineCrc32(combineCrc32(a, b, length), c, length)
      assert.equal(grouped, combineCrc32(a, combineCrc32(b, c, length), 2 * length), `${length}`)
    }
  })

  it('gives an unsigned number of 32 bits', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(), (a, b, length) => {
        const crc = combineCrc32(a, b, length)
        assert.ok(Number.isInteger(crc) && crc >= 0 && crc <= 0xffffffff)
      }),
    )
  })
})
