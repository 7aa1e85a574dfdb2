import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitTalkdesk } from '../../src/formats/talkdesk.ts'
import { collect, collectWorded, cut, stream } from './chunks.ts'

async function read(text: string | Uint8Array, name = 'export.json', sizes = [Number.MAX_SAFE_INTEGER]) {
  const records = await collectWorded(splitTalkdesk(stream(...cut(Buffer.from(text), sizes)), name))
  return records.map(
    ({ unit, place, text: own, fault }) => `${unit} ${place}: ${(own ?? `(${fault})`).trim()}`,
  )
}

const LINES = '{"id":"a"}\n{"id":"b"}\n'
const AS_LINES = ['line 1: {"id":"a"}', 'line 2: {"id":"b"}']
const AS_ITEMS = ['item 1: {"id":"a"}', 'item 2: {"id":"b"}']

describe('the native form is told by its content:', () => {
  const cases: [what: string, text: string, records: string[]][] = [
    ['an array', '[{"id":"a"},{"id":"b"}]', AS_ITEMS],
    ['an array on several lines', '[\n{"id":"a"},\n{"id":"b"}\n]\n', AS_ITEMS],
    ['a batch', '{"interactions":[{"id":"a"},{"id":"b"}]}', AS_ITEMS],
    ['a page', '{"_embedded":{"interactions":[{"id":"a"},{"id":"b"}]},"_links":{}}', AS_ITEMS],
    ['pages in a row', '{"interactions":[{"id":"a"}]}\n{"interactions":[{"id":"b"}]}\n', AS_ITEMS],
    ['an array behind white space and a byte order mark', '\ufeff \n\n [{"id":"a"},{"id":"b"}]', AS_ITEMS],
    ['an empty array', '[]', []],
    ['lines', LINES, AS_LINES],
    ['lines with CRLF', LINES.replaceAll('\n', '\r\n'), AS_LINES],
    ['one line without a newline', '{"id":"a"}', ['line 1: {"id":"a"}']],
    [
      'lines with lists in them',
      '{"id":"a","messages":[1],"agents":[{"interactions":[2]}]}\n',
      ['line 1: {"id":"a","messages":[1],"agents":[{"interactions":[2]}]}'],
    ],
    [
      'a broken first line',
      `{"id":"a\n${LINES}`,
      ['line 1: {"id":"a', 'line 2: {"id":"a"}', 'line 3: {"id":"b"}'],
    ],
    [
      'a first line that is no JSON',
      `id,text\n${LINES}`,
      ['line 1: id,text', 'line 2: {"id":"a"}', 'line 3: {"id":"b"}'],
    ],
    [
      'a first line with a bracket too many',
      `{"id":"a"}]}\n${LINES}`,
      ['line 1: {"id":"a"}]}', 'line 2: {"id":"a"}', 'line 3: {"id":"b"}'],
    ],
    ['blank lines first', `\n\n${LINES}`, ['line 3: {"id":"a"}', 'line 4: {"id":"b"}']],
    ['nothing', '', []],
  ]
  for (const [what, text, records] of cases) {
    it(what, async () => {
      assert.deepEqual(await read(text), records)
      assert.deepEqual(await read(text, 'export.json', [1]), records)
      assert.deepEqual(await read(text, '-'), records)
    })
  }

  it('a page whose list begins after some hundred bytes, in small chunks', async () => {
    const links = `"_links":{"self":{"href":"https://x.test/${'y'.repeat(2000)}"}}`
    const text = `{${links},"_embedded":{"interactions":[{"id":"a"},{"id":"b"}]}}`
    assert.deepEqual(await read(text, '-', [7]), AS_ITEMS)
  })

  it('lines of more than 64 KB', async () => {
    const long = `{"id":"a","text":"${'x'.repeat(70_000)}"}`
    for (const sizes of [[Number.MAX_SAFE_INTEGER], [1000], [65_536]]) {
      const records = await read(`${long}\n{"id":"b"}\n`, '-', sizes)
      assert.deepEqual(records, [`line 1: ${long}`, 'line 2: {"id":"b"}'])
    }
  })

  it('a list that goes on for more than 64 KB', async () => {
    const items = Array.from({ length: 3000 }, (_, index) => `{"id":"interaction ${index}"}`)
    for (const sizes of [[Number.MAX_SAFE_INTEGER], [1000], [65_536]]) {
      const records = await read(`[${items.join()}]`, '-', sizes)
      assert.deepEqual(
        records,
        items.map((text, index) => `item ${index + 1}: ${text}`),
      )
    }
  })
})

describe('the name of a file', () => {
  it('that ends in ndjson or jsonl means lines, whatever it holds', async () => {
    for (const name of [
      'a.ndjson',
      'a.jsonl',
      'a.NDJSON',
      'a.ndjson.gz',
      'a.jsonl.GZ',
      '/x/y.json/a.jsonl',
    ]) {
      assert.deepEqual(await read('[{"id":"a"}]\n', name), ['line 1: [{"id":"a"}]'], name)
    }
  })

  it('otherwise means nothing', async () => {
    for (const name of ['a.json', 'a.json.gz', 'ndjson', 'a.ndjson.json', 'a.txt', '', 'a.jsonl.bak']) {
      assert.deepEqual(await read('[{"id":"a"}]\n', name), ['item 1: {"id":"a"}'], name)
      assert.deepEqual(await read(LINES, name), AS_LINES, name)
    }
  })
})

describe('a reader that stops early', () => {
  for (const text of [LINES, '[{"id":"a"},{"id":"b"}]']) {
    it(`closes the source of ${text.startsWith('[') ? 'items' : 'lines'}`, async () => {
      let closed = false
      async function* source() {
        try {
          for (;;) yield Buffer.from(text.padEnd(70_000, '\n'))
        } finally {
          closed = true
        }
      }
      for await (const records of splitTalkdesk(source(), '-')) {
        assert.ok(records.length > 0)
        break
      }
      assert.ok(closed)
    })
  }

  it('is told of a source that fails', async () => {
    async function* source() {
      yield Buffer.from(LINES.padEnd(70_000, '\n'))
      throw new Error('the disk is gone')
    }
    await assert.rejects(collect(splitTalkdesk(source(), '-')), /the disk is gone/)
  })
})
