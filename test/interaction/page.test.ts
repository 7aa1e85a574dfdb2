import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { type Block, deflateBlock } from '../../src/interaction/block.ts'
import { gzipDocument, gzipPage, type Links, plainDocument, plainPage } from '../../src/interaction/page.ts'
import { gzipTest, oneMember, otherReaders } from './gzip-checks.ts'

const SELF = 'https://api.example.com/conversations/interactions?interaction_started=2024-04-01T00%3A00%3A00Z'
const NEXT = 'https://api.example.com/conversations/interactions?cursor=AQ-_x'

const blockOf = (text: string): Block => deflateBlock(Buffer.from(text))

/** Documents of every size that matters: empty, small, past the small window, past the large one. */
const documentText = fc
  .tuple(fc.json(), fc.constantFrom(0, 1, 400, 3000, 40_000))
  .map(([json, length]) => `{"value":${json},"text":"${'lorem ipsum '.repeat(length / 12)}"}`)
const url = fc.webUrl({ withQueryParameters: true, withFragments: true })
const links: fc.Arbitrary<Links> = fc.record({ self: url, next: url }, { requiredKeys: ['self'] })

describe('a page', () => {
  it('without interactions is exactly this', () => {
    const expected = '{"_embedded":{"interactions":[]},"_links":{"self":{"href":"https://x.test/a?b=1&c=2"}}}'
    const self = 'https://x.test/a?b=1&c=2'
    assert.equal(plainPage([], { self }).toString(), expected)
    assert.equal(gunzipSync(gzipPage([], { self })).toString(), expected)
  })

  it('has its documents byte for byte, commas between, and next only where given', () => {
    const documents = ['{"id":"a","n":1.0}', '{"id":"b"}'].map(blockOf)
    const embedded = '{"_embedded":{"interactions":[{"id":"a","n":1.0},{"id":"b"}]}'
    const both = `${embedded},"_links":{"self":{"href":"${SELF}"},"next":{"href":"${NEXT}"}}}`
    assert.equal(plainPage(documents, { self: SELF, next: NEXT }).toString(), both)
    assert.equal(
      plainPage(documents, { self: SELF }).toString(),
      `${embedded},"_links":{"self":{"href":"${SELF}"}}}`,
    )
    assert.equal(oneMember(gzipPage(documents, { self: SELF, next: NEXT })).toString(), both)
  })

  it('in gzip is one member, equal to the plain page, and JSON', () => {
    fc.assert(
      fc.property(fc.array(documentText, { maxLength: 6 }), links, (texts, each) => {
        const documents = texts.map(blockOf)
        const plain = plainPage(documents, each)
        const gzip = gzipPage(documents, each)
        assert.deepEqual(oneMember(gzip), plain)
        assert.deepEqual(gunzipSync(gzip), plain)
        const page = JSON.parse(plain.toString())
        assert.deepEqual(
          page._embedded.interactions,
          texts.map((text) => JSON.parse(text)),
        )
        assert.equal(page._links.self.href, each.self)
        assert.equal(page._links.next?.href, each.next)
        assert.deepEqual(Object.keys(page), ['_embedded', '_links'])
      }),
      { numRuns: 40 },
    )
  })

  it('is the same bytes for the same documents and links', () => {
    const documents = () => ['{"id":"a"}', '{"id":"b"}'].map(blockOf)
    assert.deepEqual(gzipPage(documents(), { self: SELF }), gzipPage(documents(), { self: SELF }))
  })

  it('of more than a megabyte is read by other implementations of gzip', (t) => {
    const text = `{"text":"${Array.from({ length: 5000 }, (_, word) => `word${word * 7919}`).join(' ')}"}`
    const documents = Array.from({ length: 30 }, (_, index) => blockOf(text.replaceAll('word1', `w${index}`)))
    const gzip = gzipPage(documents, { self: SELF, next: NEXT })
    const plain = plainPage(documents, { self: SELF, next: NEXT })
    assert.ok(plain.length > 1_500_000)
    const tested = gzipTest(gzip)
    const read = otherReaders(gzip)
    if (tested === undefined) t.diagnostic('gzip is not installed: its check is left out')
    else assert.equal(tested, 0)
    if (read.gzip !== undefined) assert.deepEqual(read.gzip, plain)
    if (read.python === undefined) t.diagnostic('python3 is not installed: its check is left out')
    else assert.deepEqual(read.python, plain)
  })
})

describe('one document', () => {
  it('is given as it was kept, plain and in gzip', () => {
    fc.assert(
      fc.property(documentText, (text) => {
        assert.equal(plainDocument(blockOf(text)).toString(), text)
        assert.equal(oneMember(gzipDocument(blockOf(text))).toString(), text)
      }),
      { numRuns: 50 },
    )
  })
})
