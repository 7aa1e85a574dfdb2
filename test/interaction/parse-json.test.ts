import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseLossless } from '../../src/interaction/lossless.ts'
import { MAX_ESCAPED_NAMES, parseJson, TooManyNames } from '../../src/interaction/parse-json.ts'
import { draftOf, interaction, message, readText } from './samples.ts'

/** Names that are written with escapes, and those that their beginnings look like. */
const NAMES = [
  '\\',
  '"',
  '\n',
  'a\\',
  'a"',
  'a\\b',
  'a"b',
  'a',
  '',
  '/',
  '__proto__',
  '1',
  '\u0001',
  'é',
  '\\u',
  '\\n',
]

/** As JSON.stringify writes it, or with each character escaped. */
function written(name: string, escaped: boolean): string {
  if (!escaped) return JSON.stringify(name)
  const units = Array.from({ length: name.length }, (_, at) =>
    name.charCodeAt(at).toString(16).padStart(4, '0'),
  )
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`
}

describe('names of properties', () => {
  it('are their own, whatever was parsed before', () => {
    const entry = fc.tuple(
      fc.constantFrom(...NAMES),
      fc.boolean(),
      fc.constantFrom('1', '2.0', '"\\"x\\":"', '{"\\"":3}', 'null'),
    )
    const texts = fc.array(fc.array(entry, { maxLength: 4 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(texts, fc.constantFrom('', ' ', '\n\t'), (objects, blank) => {
        for (const entries of objects) {
          const members = entries.map(
            ([name, escaped, value]) => `${written(name, escaped)}${blank}:${value}`,
          )
          const value = parseJson(`{${members.join(',')}}`) as object
          // What an object of its own is made of: nothing is parsed together.
          const expected = Object.fromEntries(entries.map(([name, , each]) => [name, JSON.parse(each)]))
          assert.deepEqual(Object.entries(value), Object.entries(expected))
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('of one sender are not those of another', () => {
    const of = (name: string) =>
      JSON.stringify(interaction({ messages: [message({ [name]: 1 })], [name]: { [name]: 2 } }))
    for (const name of ['\\', '"', '\n', 'a\\', 'a"']) {
      const { json } = draftOf(readText(of(name)))
      assert.ok(json.includes(`${JSON.stringify(name)}:{${JSON.stringify(name)}:2}`), json)
      assert.ok(json.includes(`${JSON.stringify(name)}:1`), json)
      assert.equal(JSON.stringify(parseLossless(json)), json)
    }
  })

  it('tells what is wrong with a text as JSON.parse does', () => {
    for (const text of [
      '{"\\"":}',
      '{"\\x":1}',
      '\\',
      '"\\',
      '{"\\":1}',
      '{"a":"\\"}',
      '\\":',
      '{"\\"" 1}',
    ]) {
      const told = (parse: (text: string) => unknown) => {
        try {
          return parse(text)
        } catch (error) {
          return [(error as Error).name, (error as Error).message]
        }
      }
      assert.deepEqual(told(parseJson), told(JSON.parse), text)
    }
  })

  it('are no more than a bounded number, where they are written with escapes', () => {
    const of = (count: number) => `{${Array.from({ length: count }, (_, n) => `"\\"${n}":1`).join(',')}}`
    assert.equal(Object.keys(parseJson(of(MAX_ESCAPED_NAMES)) as object).length, MAX_ESCAPED_NAMES)
    assert.throws(() => parseJson(of(MAX_ESCAPED_NAMES + 1)), TooManyNames)
    // As it may be stored, put together of several.
    const more = of(MAX_ESCAPED_NAMES + 1)
    assert.equal(JSON.stringify(parseLossless(more)), more)
  })

  it('of a text that is nested without end are parsed without harm', () => {
    for (const levels of [40, 100_000]) {
      const value = parseJson(`{"\\"":${'['.repeat(levels)}"]]"${']'.repeat(levels)}}`) as object
      assert.deepEqual(Object.keys(value), ['"'])
    }
  })

  it('that are escaped keep the order of all, and of one that is there twice the last value', () => {
    const text = '{"b":1,"\\"":2,"\\u0031":3,"\\u0022":4.0,"a":5}'
    assert.equal(JSON.stringify(parseLossless(text)), '{"1":3,"b":1,"\\"":4.0,"a":5}')
  })
})
