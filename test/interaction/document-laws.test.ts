import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { type Reading, readInteraction } from '../../src/interaction/document.ts'
import { parseInstant } from '../../src/interaction/instant.ts'
import { MAX_PROBLEMS } from '../../src/interaction/problems.ts'
import { InteractionSchema } from '../../src/interaction/schema.ts'
import { interactionText, trap } from './arbitraries.ts'
import { documentOf, draftOf, interaction, message, read, readText, spokenMessage } from './samples.ts'

function assertStaysAsItIs(text: string): void {
  const draft = draftOf(readText(text))
  const again = draftOf(readText(draft.json))
  assert.equal(again.json, draft.json)
  assert.deepEqual({ ...again, keepsMessages: false }, { ...draft, keepsMessages: false })
}

describe('any valid interaction', () => {
  it('is read, and reading its document again changes nothing', () => {
    fc.assert(fc.property(interactionText({ maxMessages: 12 }), assertStaysAsItIs), { numRuns: 300 })
  })

  it('likewise with many messages, untimed and partly indexed', () => {
    fc.assert(fc.property(interactionText({ maxMessages: 250 }), assertStaysAsItIs), { numRuns: 25 })
  })

  it('is what the published schema promises', () => {
    const published = Compile(InteractionSchema)
    fc.assert(
      fc.property(interactionText({ maxMessages: 6 }), (text) => {
        const document = documentOf(readText(text))
        if (document.ended_at !== undefined) assert.deepEqual(published.Errors(document), [])
      }),
    )
  })

  it('has no two messages of one key, and each that came', () => {
    const keyOf = (each: Record<string, unknown>) =>
      JSON.stringify([each.source_system, each.recording_index ?? null, each.message_id])
    fc.assert(
      fc.property(interactionText({ maxMessages: 30 }), (text) => {
        const keys: string[] = documentOf(readText(text)).messages.map(keyOf)
        assert.equal(new Set(keys).size, keys.length)
        assert.deepEqual(new Set(keys), new Set((JSON.parse(text).messages ?? []).map(keyOf)))
      }),
    )
  })

  it('reads the same whether unknown values are kept or not', () => {
    fc.assert(
      fc.property(interactionText({ maxMessages: 4 }), (text) => {
        assert.deepEqual(readText(text, { keepUnknownValues: true }), readText(text))
      }),
    )
  })
})

/** Every place in a value, as the keys that lead there. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.keys(value).flatMap((key) => pathsOf((value as never)[key], [...path, key]))]
}

/** The value with something else at one place; without `change`, with the place removed. */
function changed(value: unknown, [key, ...rest]: string[], change?: { to: unknown }): unknown {
  if (key === undefined) return change?.to
  const copy = structuredClone(value) as Record<string, unknown>
  const inner = rest.length > 0 ? changed(copy[key], rest, change) : change?.to
  if (inner === undefined) delete copy[key]
  else
    Object.defineProperty(copy, key, { value: inner, enumerable: true, configurable: true, writable: true })
  return copy
}

function assertReading(reading: Reading): void {
  if (reading.ok) {
    JSON.parse(reading.draft.json)
    assert.ok(
      reading.warnings.every(({ name, description }) => typeof name === 'string' && description !== ''),
    )
    return
  }
  assert.ok(reading.problems.length >= 1 && reading.problems.length <= MAX_PROBLEMS)
  assert.ok(reading.problems.every(({ name, description }) => typeof name === 'string' && description !== ''))
}

describe('reading never throws', () => {
  const VALID = interaction({
    queues: ['q'],
    messages: [spokenMessage(), message({ own: { nested: [1] } })],
    agents: [{ id: 'a1', name: 'Ada', own: 1 }],
    own: null,
  })
  const PATHS = pathsOf(VALID)
  const options = fc.record({
    keepUnknownValues: fc.boolean(),
    id: fc.option(fc.constantFrom('i1', 'x'), { nil: undefined }),
  })

  it('for any JSON value', () => {
    fc.assert(
      fc.property(trap, options, (value, each) => assertReading(read(value, each))),
      { numRuns: 500 },
    )
  })

  it('for a valid interaction with anything anywhere', () => {
    const edit = fc.tuple(
      fc.nat(PATHS.length - 1),
      fc.option(fc.record({ to: trap }), { nil: undefined, freq: 8 }),
    )
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), options, (edits, each) => {
        let value: unknown = VALID
        for (const [index, change] of edits) {
          const paths = value === VALID ? PATHS : pathsOf(value)
          value = changed(value, paths[index % paths.length] as string[], change) ?? null
        }
        assertReading(read(value, each))
      }),
      { numRuns: 1500 },
    )
  })

  it('for every single property replaced by each of many values', () => {
    const values = [
      null,
      0,
      -1,
      1e308,
      '',
      'x',
      '\0',
      '\ud800',
      '__proto__',
      'constructor',
      true,
      [],
      {},
      [null],
      [[]],
      [{}],
    ]
    for (const path of PATHS) {
      for (const to of values) {
        const value = changed(VALID, path, { to })
        assertReading(read(value))
        assertReading(read(value, { keepUnknownValues: true }))
      }
    }
  })

  it('and asks for the lossless value only where there is something to carry over', () => {
    const lossless = () => assert.fail('was asked for')
    assert.ok(readInteraction(interaction(), { keepUnknownValues: false, lossless }).ok)
    assert.ok(!readInteraction({ own: 1 }, { keepUnknownValues: false, lossless }).ok)
  })
})

describe('an instant in a document', () => {
  it('is read wherever parseInstant reads it', () => {
    const pad = (length: number) => (value: number) => String(value).padStart(length, '0')
    const two = (max: number, min = 0) => fc.integer({ min, max }).map(pad(2))
    const time = fc
      .tuple(
        fc.integer({ min: 1899, max: 2200 }).map(pad(4)),
        two(12, 1),
        two(31, 1),
        two(23),
        two(59),
        two(60),
      )
      .map(
        ([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}`,
      )
    const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,20}$/))
    const offset = fc.oneof(fc.constantFrom('Z', 'z', '-00:00'), fc.stringMatching(/^[+-][01]\d:[0-5]\d$/))
    fc.assert(
      fc.property(time, fraction, offset, fc.boolean(), (date, digits, zone, lower) => {
        const text = (lower ? date.toLowerCase() : date) + digits + zone
        const reading = read(interaction({ started_at: text, ended_at: null }))
        assert.equal(reading.ok, parseInstant(text) !== undefined, text)
        if (reading.ok) assert.equal(reading.draft.startedAt, parseInstant(text))
      }),
      {
        numRuns: 500,
        examples: [
          ['2016-12-31T23:59:60', '.5', 'Z', true],
          ['2017-01-01T05:29:60', '', '+05:30', false],
        ],
      },
    )
  })
})
