import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { compressor } from '../../src/interaction/compressor.ts'

const SETTINGS = [{ level: 6, windowBits: 12, memLevel: 6 }, { level: 6 }, { level: 1 }]
const plain = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // Longer than every window and, deflated, than a chunk.
  fc.uint8Array({ minLength: 40_000, maxLength: 50_000 }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3000 }))
    .map(([text, times]) => Buffer.from(text.repeat(times))),
)

describe('a compressor', () => {
  it('gives what deflateRawSync gives, whatever came before', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTINGS), fc.array(plain, { maxLength: 6 }), (settings, plains) => {
        const compress = compressor(settings)
        const given = plains.map(compress)
        const alone = plains.map((each) =>
          deflateRawSync(each, { ...settings, finishFlush: constants.Z_SYNC_FLUSH }),
        )
        assert.deepEqual(given, alone)
      }),
      { numRuns: 50 },
    )
  })

  it('works on after something that cannot be compressed', () => {
    const compress = compressor({ level: 6 })
    const text = Buffer.from('How can I help you today?')
    const first = compress(text)
    assert.throws(() => compress(undefined as unknown as Uint8Array), TypeError)
    assert.deepEqual(compress(text), first)
  })
})
