import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { type Block, deflateBlock, liesAmong } from '../../src/interaction/block.ts'
import { JoinedDocuments } from '../../src/interaction/joined-documents.ts'
import { gzipPage, plainPage } from '../../src/interaction/page.ts'

const LINKS = { self: 'http://localhost/a', next: 'http://localhost/b' }
const document = fc.oneof(
  fc.string({ maxLength: 400 }),
  fc.string({ minLength: 100, maxLength: 100 }).map((text) => text.repeat(80)),
)

/** The documents, each in a place of its own in memory that others use as well. */
function joined(documents: string[], expected: number): JoinedDocuments {
  const all = new JoinedDocuments(expected)
  for (const each of documents) {
    const { deflated, crc, length } = deflateBlock(Buffer.from(JSON.stringify(each)))
    const among = Buffer.concat([Buffer.from('before'), deflated, Buffer.from('behind')])
    all.add(among, 6, 6 + deflated.length, crc, length)
    among.fill(0xee)
  }
  return all
}

test('a page of joined documents is the page of these documents, however many bytes were expected', () => {
  fc.assert(
    fc.property(
      fc.array(document, { minLength: 1 }),
      fc.integer({ min: 0, max: 100_000 }),
      (documents, expected) => {
        const all = joined(documents, expected)
        assert.equal(all.count, documents.length)
        const block = all.block()
        const apart = documents.map((each) => deflateBlock(Buffer.from(JSON.stringify(each))))
        const page = plainPage(apart, LINKS).toString()
        assert.equal(block.length, documents.map((each) => JSON.stringify(each)).join().length, 'length')
        // Made around the documents more than once: their own bytes stay as they are.
        assert.equal(plainPage([block], LINKS).toString(), page)
        assert.equal(gunzipSync(gzipPage([block], LINKS)).toString(), page)
        assert.equal(plainPage([block], LINKS).toString(), page)
        assert.deepEqual(gzipPage([block], LINKS), gzipPage(apart, LINKS))
      },
    ),
  )
})

const TEXTS = Array.from({ length: 50 }, (_, n) => `${n} `.repeat(1000) + Math.sin(n))

function bytesOf(blocks: Block[]): number {
  return blocks.reduce((sum, { deflated }) => sum + deflated.length, 0)
}

test('a page is made in the memory of its documents, where its links have room there', () => {
  const about = bytesOf(TEXTS.map((text) => deflateBlock(Buffer.from(text))))
  const block = joined(TEXTS, about).block()
  const page = gzipPage([block], LINKS)
  assert.ok(liesAmong(page, [block]))
  const long = { self: `http://localhost/${'a'.repeat(40_000)}` }
  const copied = gzipPage([block], long)
  assert.ok(!liesAmong(copied, [block]))
  assert.ok(gunzipSync(copied).toString().endsWith(`${long.self}"}}}`))
})

test('few documents do not keep the memory that many were expected to need', () => {
  const all = joined(['one', 'two'], 100_000)
  const { deflated } = all.block()
  assert.ok(deflated.buffer.byteLength < 100_000)
  assert.ok(joined(TEXTS, 10).block().deflated.length > 1000)
})

test('the memory is given back', () => {
  const all = joined(TEXTS, 100)
  const { deflated } = all.block()
  assert.ok(deflated.length > 0)
  all.free()
  assert.equal(deflated.length, 0)
})
