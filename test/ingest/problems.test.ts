import assert from 'node:assert/strict'
import { it, describe as suite } from 'node:test'
import { readRecord } from '../../src/ingest/ingest.ts'
import { describe, type ItemProblem, invalid, positionOf, unreadable } from '../../src/ingest/problems.ts'
import { interaction, message, read } from '../interaction/samples.ts'

const LINE = { unit: 'line', place: 17 } as const
const FIELD = { name: 'messages[3].channel', description: 'must be one of VOICE' }

suite('a problem in words', () => {
  const cases: [problem: ItemProblem, words: string[]][] = [
    [invalid(LINE, 'i1', [FIELD]), ['line 17: messages[3].channel must be one of VOICE']],
    [
      invalid(LINE, undefined, [{ name: '', description: 'must be an object' }, FIELD]),
      ['line 17: must be an object', 'line 17: messages[3].channel must be one of VOICE'],
    ],
    [
      { unit: 'item', place: 2, id: 'i1', reason: 'reopened', fields: [] },
      ['item 2: interaction i1 has ended and cannot be opened again'],
    ],
    [
      { unit: 'line', place: 3, id: 'i1', reason: 'precondition', fields: [] },
      ['line 3: interaction i1 is not in the state that was asked for'],
    ],
    [
      { unit: 'line', place: 4, id: 'i1', reason: 'too_large', fields: [] },
      ['line 4: interaction i1 is larger than a document may be'],
    ],
  ]
  for (const [problem, words] of cases) {
    it(words.join(' / '), () => assert.deepEqual(describe(problem), words))
  }
})

/** What is told of a text that is no JSON. */
function told(text: string): string | undefined {
  const reading = readRecord({ ...LINE, bytes: Buffer.from(text) }, false)
  assert.ok(!reading.ok)
  const { fields, ...rest } = reading.problem
  assert.deepEqual(rest, { ...LINE, id: undefined, reason: 'invalid' })
  assert.deepEqual(
    fields.map(({ name }) => name),
    [''],
  )
  return fields[0]?.description
}

suite('a text that is no JSON', () => {
  const cases: [text: string, description: string][] = [
    ['{"a":1,}', 'is not JSON (at character 8)'],
    ['{"a" 1}', 'is not JSON (at character 6)'],
    ['{"a":1} {"b":2}', 'is not JSON (at character 9)'],
    ['{"a":"x', 'is not JSON (at character 8)'],
    ['{"a":', 'is not JSON (it ends in the middle)'],
    ['', 'is not JSON (it ends in the middle)'],
    ['nonsense', 'is not JSON'],
    ['x at position 4111', 'is not JSON'],
    ['at the end of it', 'is not JSON'],
    ['Unexpected end of JSON input', 'is not JSON'],
  ]
  for (const [text, description] of cases) {
    it(`is told by its place only: ${text || '(nothing)'}`, () => assert.equal(told(text), description))
  }

  it('is not quoted', () => {
    for (const secret of ['secret', '0x4111']) {
      for (const text of [
        secret,
        `{"a":${secret}}`,
        `["${secret}" ${secret}`,
        `{"${secret}`,
        `x${secret} at position 1`,
      ]) {
        assert.doesNotMatch(told(text) ?? '', new RegExp(secret), text)
      }
    }
  })

  it('has no place where the message of the parser names none', () => {
    assert.equal(positionOf(new SyntaxError('Unexpected token x, "at position 5" is not valid JSON')), '')
    assert.equal(
      positionOf(new SyntaxError('Bad escaped character in JSON at position 5 (line 1 column 6)')),
      ' (at character 6)',
    )
    assert.equal(
      positionOf(new SyntaxError('Bad escaped character in JSON at position 5')),
      ' (at character 6)',
    )
  })
})

/** The problem of an interaction that is refused. */
function problemOf(value: unknown): ItemProblem {
  const reading = read(value)
  assert.ok(!reading.ok)
  return unreadable(LINE, reading)
}

suite('an interaction that is refused', () => {
  it('is told by its id, where that can be one', () => {
    assert.equal(problemOf(interaction({ direction: 'UP' })).id, 'i1')
    assert.equal(problemOf(interaction({ id: '漢'.repeat(85), direction: 'UP' })).id, '漢'.repeat(85))
    assert.equal(problemOf(interaction({ id: '漢'.repeat(86) })).id, undefined)
    assert.equal(problemOf(null).id, undefined)
  })

  it('is told by the beginning of a name that its sender made endless', () => {
    const nested = JSON.parse('['.repeat(40) + ']'.repeat(40))
    const fieldsOf = (length: number) => problemOf({ ...interaction(), ['n'.repeat(length)]: nested }).fields
    assert.deepEqual(
      fieldsOf(200).map(({ name }) => name),
      ['n'.repeat(200)],
    )
    assert.deepEqual(
      fieldsOf(201).map(({ name }) => name),
      [`${'n'.repeat(200)}…`],
    )
    assert.deepEqual(
      fieldsOf(100_000).map(({ name }) => name),
      [`${'n'.repeat(200)}…`],
    )
  })

  it('for its size has a reason of its own', () => {
    const texts = Array.from({ length: 9 }, (_, n) =>
      message({ message_id: `m${n}`, text: 'x'.repeat(1_000_000) }),
    )
    const { reason, id } = problemOf(interaction({ messages: texts }))
    assert.deepEqual({ reason, id }, { reason: 'too_large', id: 'i1' })
    assert.equal(problemOf(interaction({ direction: 'UP' })).reason, 'invalid')
  })
})
