import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { compressor } from '../../src/interaction/compressor.ts'

const SETTINGS = [{ level: 3 }, { level: 6, windowBits: 12, memLevel: 6 }, { level: 1 }]
const plain = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // Longer than every window and, deflated, than a chunk.
  fc.uint8Array({ minLength: 40_000, maxLength: 50_000 }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3000 }))
    .map(([text, times]) => Buffer.from(text.repeat(times))),
)

/** An empty block, which is the last. */
const END = Buffer.from([1, 0, 0, 0xff, 0xff])

describe('a compressor', () => {
  it('gives what inflates by itself, and is about as long as deflateRawSync makes it, whatever came before', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTINGS), fc.array(plain, { maxLength: 6 }), (settings, plains) => {
        const compress = compressor(settings)
        for (const each of plains) {
          const given = compress(each)
          // Of its own: a reference to what came before would fail.
          const back = inflateRawSync(Buffer.concat([given, END]))
          assert.ok(back.equals(each))
          const alone = deflateRawSync(each, { ...settings, finishFlush: constants.Z_SYNC_FLUSH })
          assert.ok(given.length <= alone.length * 1.02 + 16, `${given.length} for ${alone.length}`)
        }
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
