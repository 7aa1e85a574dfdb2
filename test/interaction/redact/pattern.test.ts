import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compilePattern, MAX_FIND, MAX_FINDS, MAX_LOOK } from '../../../src/interaction/redact/pattern.ts'
import { type Counts, redactorOf } from '../../../src/interaction/redact/redactor.ts'

const redactorWith = (...patterns: string[]) =>
  redactorOf({
    kinds: ['card'],
    patterns: patterns.map((pattern, index) => ({ name: `P${index}`, pattern })),
  })

describe("patterns of an account's own", () => {
  test('are found, each under its name, and counted together', async () => {
    const counts: Counts = {}
    const redactor = await redactorWith('\\bAB\\d{6}\\b', '(?i)customer [a-z]+')
    const text = 'AB123456, xAB123456, Customer Jane, 4111111111111111'
    assert.equal(redactor.redact(text, counts), '[P0], xAB123456, [P1], [CARD]')
    assert.deepEqual(counts, { pattern: 2, card: 1 })
  })

  test('do not find what stands in place of a find', async () => {
    const redactor = await redactorWith('[A-Z]+', 'P0', '.+')
    const once = redactor.redact('CARD 4111111111111111 P0 x', {})
    assert.equal(redactor.redact(once, {}), once)
    assert.equal((await redactorWith('[A-Z]+')).redact('4111111111111111', {}), '[CARD]')
  })

  const refused: Record<string, [pattern: string, reason: RegExp]> = {
    'the empty pattern': ['', /NAME matches the empty string/],
    'one that matches the empty string': ['x*', /NAME matches the empty string/],
    'an anchor alone': ['$', /NAME matches the empty string/],
    'a look-ahead': ['a(?=b)', /NAME is no pattern of RE2/],
    'a back-reference': ['(a)\\1', /NAME is no pattern of RE2/],
    'an unclosed group': ['(a', /NAME is no pattern of RE2/],
    'a long one': ['x'.repeat(201), /NAME is longer than 200/],
    'a large one': ['[a-c]{50}[d-f]{50}', /NAME becomes an automaton/],
  }
  for (const [name, [pattern, reason]] of Object.entries(refused)) {
    test(`refuse ${name}`, () => assert.rejects(compilePattern({ name: 'NAME', pattern }), reason))
  }

  test('one that matches nothing between two characters finds nothing', async () => {
    assert.deepEqual((await compilePattern({ name: 'NAME', pattern: '\\b' }))('some words'), [])
  })

  test('backtracking has nothing to go back to', async () => {
    const text = 'a'.repeat(20_000)
    assert.deepEqual((await compilePattern({ name: 'NAME', pattern: '(a|a)*(a|a)*(a|a)*b' }))(text), [])
  })

  test('finds are found wherever they stand in a long text', async () => {
    const find = await compilePattern({ name: 'NAME', pattern: 'needle[0-9]' })
    for (const at of [
      0,
      MAX_LOOK - MAX_FIND - 1,
      MAX_LOOK - MAX_FIND,
      MAX_LOOK - 3,
      MAX_LOOK,
      5 * MAX_LOOK,
    ]) {
      const text = `${' '.repeat(at)}needle7${' '.repeat(MAX_FIND)}`
      assert.deepEqual(find(text), [{ start: at, end: at + 7 }])
    }
  })

  test('a find that is longer than the most is taken in parts, and all of it goes', async () => {
    const find = await compilePattern({ name: 'NAME', pattern: 'x+' })
    const spans = find('x'.repeat(3 * MAX_FIND))
    assert.equal(
      spans.reduce((sum, { start, end }) => sum + end - start, 0),
      3 * MAX_FIND,
    )
  })

  test('behind the most finds the rest goes as a whole', async () => {
    const find = await compilePattern({ name: 'NAME', pattern: 'x' })
    assert.equal(find('x '.repeat(MAX_FINDS)).length, MAX_FINDS)
    const spans = find('x '.repeat(3 * MAX_FINDS))
    assert.equal(spans.length, MAX_FINDS + 1)
    assert.deepEqual(spans.at(-1), { start: 2 * MAX_FINDS, end: 6 * MAX_FINDS })
  })
})
