import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32, gunzipSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { type Block, deflateBlock, gzipOf, lastBlock, plainOf } from '../../src/interaction/block.ts'
import { oneMember } from './gzip-checks.ts'

const END = lastBlock(new Uint8Array())
const small = fc.uint8Array({ maxLength: 300 })
/** Compressible, and longer than every window and threshold. */
const large = fc
  .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5000 }))
  .map(([text, times]) => Buffer.from(text.repeat(times)))

function alone(block: Block): Buffer {
  return inflateRawSync(Buffer.concat([block.deflated, END.deflated]))
}

describe('a block', () => {
  it('holds its bytes, their CRC-32 and their length', () => {
    fc.assert(
      fc.property(fc.oneof(small, large), (plain) => {
        const block = deflateBlock(plain)
        assert.deepEqual(alone(block), Buffer.from(plain))
        assert.equal(block.length, plain.length)
        assert.equal(block.crc, crc32(plain))
      }),
    )
  })

  it('ends at a byte boundary with a sync flush', () => {
    for (const length of [0, 1, 100, 8191, 8192, 100_000]) {
      const { deflated } = deflateBlock(Buffer.alloc(length, 'conversation '))
      assert.deepEqual([...deflated.slice(-4)], [0, 0, 0xff, 0xff], `${length} bytes`)
    }
  })

  it('refers to nothing outside itself', () => {
    // The same text before it must not help: the block inflates alone and anywhere.
    const block = deflateBlock(Buffer.from('the same words over and over'.repeat(10)))
    const row = [deflateBlock(Buffer.from('something else')), block, block]
    const laid = inflateRawSync(Buffer.concat([...row.map(({ deflated }) => deflated), END.deflated]))
    assert.equal(laid.toString(), `something else${'the same words over and over'.repeat(20)}`)
    assert.equal(alone(block).length, block.length)
  })

  it('is about as small as gzip makes a document', () => {
    const plain = Buffer.from(JSON.stringify({ text: 'How can I help you today? '.repeat(100) }))
    assert.ok(deflateBlock(plain).deflated.length < 150)
  })
})

describe('a row of blocks as gzip', () => {
  it('is one member that holds the parts end to end', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(small, large), { maxLength: 8 }), small, (parts, last) => {
        const gzip = gzipOf([...parts.map(deflateBlock), lastBlock(last)])
        const plain = Buffer.concat([...parts, last])
        assert.deepEqual(oneMember(gzip), plain)
        assert.deepEqual(gunzipSync(gzip), plain)
      }),
    )
  })

  it('is inflated into one buffer of the very length', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(small, large), { maxLength: 8 }), small, (parts, last) => {
        const plain = plainOf([...parts.map(deflateBlock), lastBlock(last)])
        assert.deepEqual(plain, Buffer.concat([...parts, last]))
      }),
    )
  })

  it('may end with up to 65,535 bytes', () => {
    for (const length of [0, 1, 255, 256, 65_535]) {
      const last = lastBlock(Buffer.alloc(length, 'links'))
      assert.equal(oneMember(gzipOf([last])).length, length)
      assert.equal(oneMember(gzipOf([deflateBlock(Buffer.from('x')), last])).length, length + 1)
    }
    assert.throws(() => lastBlock(Buffer.alloc(65_536)), RangeError)
  })

  it('is the same bytes for the same blocks', () => {
    const blocks = () => [deflateBlock(Buffer.from('a')), lastBlock(Buffer.from('b'))]
    assert.deepEqual(gzipOf(blocks()), gzipOf(blocks()))
  })

  it('is refused by a reader where one bit of a part is wrong', () => {
    const gzip = gzipOf([deflateBlock(Buffer.from('hello, hello')), END])
    const { crc } = deflateBlock(Buffer.from('hello, hellp'))
    const wrong = gzipOf([{ ...deflateBlock(Buffer.from('hello, hello')), crc }, END])
    assert.equal(gunzipSync(gzip).toString(), 'hello, hello')
    assert.throws(() => gunzipSync(wrong), { code: 'Z_DATA_ERROR' })
  })
})
