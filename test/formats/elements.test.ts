import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ElementSplitter, splitElements } from '../../src/formats/elements.ts'
import { MAX_RECORD_BYTES } from '../../src/formats/record.ts'
import { collectWorded, cut, sizes, stream, watched, worded } from './chunks.ts'

/** The elements as text, and what is wrong with the whole. */
async function elementsOf(input: string | Uint8Array, chunkSizes = [Number.MAX_SAFE_INTEGER]) {
  const records = await collectWorded(splitElements(stream(...cut(Buffer.from(input), chunkSizes))))
  const fault = records.at(-1)?.text === undefined ? records.pop()?.fault : undefined
  records.forEach((record, index) => {
    assert.equal(record.place, index + 1)
    assert.equal(record.unit, 'item')
  })
  return { texts: records.map(({ text, fault: own }) => text ?? own ?? ''), fault }
}

const NO_LIST = 'holds no list of interactions'
const TRUNCATED = 'ends in the middle of its JSON'
const LISTLESS = 'holds a document without a list of interactions'

describe('the list of interactions', () => {
  const cases: [what: string, text: string, elements: string[]][] = [
    ['an array', '[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']],
    ['a batch', '{"interactions":[{"a":1}]}', ['{"a":1}']],
    ['a page', '{"_embedded":{"interactions":[{"a":1}]},"_links":{"self":{"href":"[]"}}}', ['{"a":1}']],
    [
      'a page with its links first',
      '{"_links":{"next":{"href":"x"}},"_embedded":{"interactions":[1]}}',
      ['1'],
    ],
    ['a page of other lists as well', '{"_embedded":{"other":[8,[9]],"interactions":[1],"more":[7]}}', ['1']],
    ['an empty array', '[]', []],
    ['an empty batch', '{"interactions":[]}', []],
    ['an empty page with white space', '{ "_embedded" : { "interactions" : [ \n ] } }', []],
    [
      'elements that are no objects',
      '[1,"a",null,true,[2,[3]],-1.5e3]',
      ['1', '"a"', 'null', 'true', '[2,[3]]', '-1.5e3'],
    ],
    ['brackets and commas in strings', '["],[","}{",{"a":"]}"}]', ['"],["', '"}{"', '{"a":"]}"}']],
    [
      'quotes and backslashes in strings',
      String.raw`["\"]","\\","\\\"],[","\u005d"]`,
      [String.raw`"\"]"`, String.raw`"\\"`, String.raw`"\\\"],["`, String.raw`"\u005d"`],
    ],
    ['brackets in names', '{"a]":"[","b}{":{"c[":1},"interactions":[{"]":1}]}', ['{"]":1}']],
    ['deep elements', `[${'['.repeat(500)}${']'.repeat(500)}]`, ['['.repeat(500) + ']'.repeat(500)]],
    [
      'documents in a row',
      '[1]\n{"interactions":[2]} {"_embedded":{"interactions":[3,4]}}[][5]',
      ['1', '2', '3', '4', '5'],
    ],
    ['a byte order mark', '\ufeff[1]', ['1']],
    ['a list after scalars', '{"total":2,"ok":true,"s":"x","none":null,"interactions":[1]}', ['1']],
    ['a name that is also a value', '{"a":"interactions","b":[8],"interactions":[1]}', ['1']],
    [
      'a list after one of the same name that is none',
      '{"_embedded":{"interactions":{"a":[8]}},"interactions":[1]}',
      ['1'],
    ],
    ['a long name before it', `{"${'n'.repeat(300)}":[9],"interactions":[1]}`, ['1']],
  ]
  for (const [what, text, elements] of cases) {
    it(`is cut into its elements: ${what}`, async () => {
      for (const each of [[Number.MAX_SAFE_INTEGER], [1], [3]]) {
        const { texts, fault } = await elementsOf(text, each)
        assert.deepEqual(
          texts.map((element) => element.trim()),
          elements,
        )
        assert.equal(fault, undefined)
      }
    })
  }

  const elsewhere: Record<string, string> = {
    'inside another object': '{"data":{"interactions":[1]}}',
    'inside a list': '{"pages":[{"interactions":[1]}]}',
    'in a list under the right name': '{"_embedded":[{"interactions":[1]}]}',
    'deeper in the right object': '{"_embedded":{"x":{"interactions":[1]}}}',
    'twice nested under its own name': '{"interactions":{"interactions":[1]}}',
    'directly under _embedded': '{"_embedded":[1]}',
    'under a name with a dot': '{"_embedded.interactions":[1]}',
    'under an empty name': '{"":[1]}',
    'under empty names': '{"":{"interactions":[1]}}',
    'under a name that begins alike': '{"interactions2":[1],"interaction":[2],"Interactions":[3]}',
    'in a string': '{"a":"{\\"interactions\\":[1]}"}',
    'as a value': '["interactions"]'.replace('[', '{"a":').replace(']', ',"b":[1]}'),
  }
  for (const [where, text] of Object.entries(elsewhere)) {
    it(`is not taken from elsewhere: ${where}`, async () => {
      for (const each of [[Number.MAX_SAFE_INTEGER], [1]]) {
        assert.deepEqual(await elementsOf(text, each), { texts: [], fault: NO_LIST })
      }
    })
  }
})

const indent = fc.constantFrom(undefined, 1, 2, '\t')
const odd = fc.constantFrom<unknown[]>(
  '"',
  '\\',
  '],[',
  '}{',
  '\\"',
  '漢😀',
  { interactions: [1] },
  [[]],
  {},
  '',
)
const element = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: odd },
)
const list = fc.array(element, { maxLength: 6 })
const more = fc.dictionary(
  fc.constantFrom('a', '', '_links', 'b.c', '"', 'data', '漢'),
  fc.oneof(element, fc.record({ interactions: list, _embedded: fc.record({ interactions: list }) })),
  { maxKeys: 3 },
)

/** A document in one of its three forms, with other properties before and behind. */
const document = fc
  .record({ form: fc.constantFrom('array', 'batch', 'page'), list, before: more, behind: more, indent })
  .map(({ form, list: elements, before, behind, indent: space }) => {
    const whole = {
      array: elements,
      batch: { ...before, interactions: elements, ...behind },
      page: { ...before, _embedded: { ...behind, interactions: elements, ...before }, ...behind },
    }[form]
    return { text: JSON.stringify(whole, null, space), elements }
  })

describe('any document', () => {
  it('gives the elements that JSON.parse gives, cut anywhere, alone and in a row', async () => {
    const separator = fc.constantFrom('', '\n', ' \r\n\t')
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 1, maxLength: 3 }),
        separator,
        sizes,
        async (row, between, each) => {
          const { texts, fault } = await elementsOf(row.map(({ text }) => text).join(between), each)
          assert.equal(fault, undefined)
          const expected = row.flatMap(({ elements }) => elements)
          assert.deepEqual(
            texts.map((text) => JSON.parse(text)),
            JSON.parse(JSON.stringify(expected)),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  it('cut off before its end is told, and gives its first elements', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.nat(), sizes, async ({ text, elements }, at, each) => {
        const whole = Buffer.from(text)
        const { texts, fault = '' } = await elementsOf(whole.subarray(0, at % whole.length), each)
        assert.ok([TRUNCATED, NO_LIST].includes(fault), fault)
        const expected = JSON.parse(JSON.stringify(elements)).slice(0, texts.length)
        assert.deepEqual(
          texts.map((element) => JSON.parse(element)),
          expected,
        )
      }),
      { numRuns: 80 },
    )
  })

  it('with one bracket too many or too few is never passed over without a word', async () => {
    const isJson = (text: string) => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    const edit = fc.record({ at: fc.nat(), add: fc.constantFrom('[', ']', '{', '}', '') })
    await fc.assert(
      fc.asyncProperty(document, edit, sizes, async ({ text }, { at, add }, each) => {
        // Not behind a backslash, where it would break an escape and no frame.
        const brackets = [...text.matchAll(/(?<!\\)[[\]{}]|$/g)].map(({ index }) => index)
        const place = brackets[at % (add === '' ? brackets.length - 1 : brackets.length)] as number
        const edited = text.slice(0, place) + add + text.slice(add === '' ? place + 1 : place)
        const { texts, fault } = await elementsOf(edited, each)
        const told = fault !== undefined || !texts.every(isJson)
        assert.ok(told || isJson(edited), edited)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a document that is not whole', () => {
  const cases: [text: string, elements: string[], fault: string | undefined][] = [
    ['', [], NO_LIST],
    ['null', [], NO_LIST],
    ['"interactions"', [], NO_LIST],
    ['{}', [], NO_LIST],
    ['{"interactions":null}', [], NO_LIST],
    ['{"interactions":', [], NO_LIST],
    ['[', [], TRUNCATED],
    ['[1', [], TRUNCATED],
    ['[1,2', ['1'], TRUNCATED],
    ['[1,"2', ['1'], TRUNCATED],
    ['{"interactions":[1]', ['1'], TRUNCATED],
    ['{"_embedded":{"interactions":[1]}', ['1'], TRUNCATED],
    ['[1][2', ['1'], TRUNCATED],
    ['[1] {"interactions"', ['1'], TRUNCATED],
    ['[1] 2', ['1'], TRUNCATED],
    ['[1] "2"', ['1'], TRUNCATED],
    ['[1]]', ['1'], LISTLESS],
    ['{"interactions":[1]}{"code":"0012001","message":"API rate limit exceeded"}', ['1'], LISTLESS],
    ['{"code":"1905000"}{"interactions":[1]}', ['1'], LISTLESS],
    ['[]\n{"id":"a"}\n{"id":"b"}', [], LISTLESS],
    ['[1,,2]', ['1', '', '2'], undefined],
    ['[{"a":1}}', [], TRUNCATED],
    ['[{"a":1}},{"b":2}]', ['{"a":1}}', '{"b":2}'], undefined],
    ['[{"a":1]},{"b":2}]', ['{"a":1]}', '{"b":2}'], undefined],
    ['[{"a":[1},{"b":2}]', [], TRUNCATED],
  ]
  for (const [text, elements, fault] of cases) {
    it(`is told: ${text.replaceAll('\n', ' ') || '(nothing)'}`, async () => {
      for (const each of [[Number.MAX_SAFE_INTEGER], [1]]) {
        assert.deepEqual(await elementsOf(text, each), { texts: elements, fault })
      }
    })
  }

  it('is told in the place behind its last element', async () => {
    const records = await collectWorded(splitElements(stream('[1,2,', '3')))
    assert.deepEqual(records.at(-1), { unit: 'item', place: 3, fault: TRUNCATED })
    assert.deepEqual(await collectWorded(splitElements(stream())), [
      { unit: 'item', place: 1, fault: NO_LIST },
    ])
  })
})

describe('an element', () => {
  it('that is no UTF-8 is told, and costs no other', async () => {
    const bytes = Buffer.concat([Buffer.from('["é","'), Buffer.from([0xff]), Buffer.from('","漢"]')])
    for (const each of [[Number.MAX_SAFE_INTEGER], [1]]) {
      assert.deepEqual((await elementsOf(bytes, each)).texts, ['"é"', 'is not UTF-8', '"漢"'])
    }
  })

  it('that is too long is told, and the next one read', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x')
    const long = Array.from({ length: MAX_RECORD_BYTES / mebibyte.length }, () => mebibyte)
    const records = await collectWorded(splitElements(stream('[1,"', ...long, '",3]')))
    assert.deepEqual(records, [
      { unit: 'item', place: 1, text: '1' },
      { unit: 'item', place: 2, fault: `is longer than ${MAX_RECORD_BYTES} bytes` },
      { unit: 'item', place: 3, text: '3' },
    ])
  })

  it('that is too long is not held beyond the limit', async () => {
    const { chunks, outcome } = watched('["', 40, '",2]', MAX_RECORD_BYTES / 2 ** 20 + 1)
    const places = (await collectWorded(splitElements(chunks))).map(({ place, text }) => [place, text])
    assert.deepEqual(places, [
      [1, undefined],
      [2, '2'],
    ])
    assert.ok(outcome.held <= 1, `${outcome.held} chunks beyond the limit are held`)
  })

  it('is given with the chunk that ends it', () => {
    const splitter = new ElementSplitter()
    const push = (text: string) => splitter.push(Buffer.from(text)).map((record) => worded(record).text)
    assert.deepEqual(push('[1'), [])
    assert.deepEqual(push(',2,{"a"'), ['1', '2'])
    assert.deepEqual(push(':3}'), [])
    assert.deepEqual(push(']'), ['{"a":3}'])
    assert.equal(splitter.finish(), undefined)
  })
})
