import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseLossless } from '../../src/interaction/lossless.ts'
import { type PatchesReading, readPatches } from '../../src/interaction/patch.ts'
import { MAX_PROBLEMS } from '../../src/interaction/problems.ts'
import { trap } from './arbitraries.ts'
import { draftOf, interaction, message, read, spokenMessage } from './samples.ts'

function readText(text: string, keepUnknownValues = false): PatchesReading {
  return readPatches(JSON.parse(text), { keepUnknownValues, lossless: () => parseLossless(text) })
}

function patchesOf(...values: object[]): string[] {
  const reading = readText(JSON.stringify(values))
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.patches
}

function faultsOf(...values: unknown[]): Record<string, string> {
  const reading = readText(JSON.stringify(values))
  assert.ok(!reading.ok)
  return Object.fromEntries(reading.problems.map(({ name, description }) => [name, description]))
}

describe('what is given of messages', () => {
  it('of a whole message is what a document holds of it', () => {
    for (const each of [message(), spokenMessage(), message({ own: { a: [1] } })]) {
      const document = JSON.parse(draftOf(read(interaction({ messages: [each] }))).json)
      assert.deepEqual(patchesOf(each), [JSON.stringify(document.messages[0])])
    }
  })

  it('may be any part of a message besides its id, in any order; nulls are left out', () => {
    assert.deepEqual(
      patchesOf({ intent: 'pay', sentiment: 'NEGATIVE', message_id: 'm1', text: null }, { message_id: 'm2' }),
      ['{"message_id":"m1","sentiment":"NEGATIVE","intent":"pay"}', '{"message_id":"m2"}'],
    )
    assert.deepEqual(patchesOf(), [])
  })

  it('has its instants in the contract’s form, and other numbers as they were written', () => {
    const text = '[{"message_id":"m1","message_start_at":"2024-05-01T12:00:00+02:00","own":1.0}]'
    const reading = readText(text)
    assert.deepEqual(reading.ok && reading.patches, [
      '{"message_id":"m1","message_start_at":"2024-05-01T10:00:00.000000Z","own":1.0}',
    ])
    assert.deepEqual(reading.ok && reading.warnings.map(({ name }) => name), ['messages[0].own'])
  })

  it('is redacted', () => {
    const [patch] = patchesOf({
      message_id: 'm1',
      text: 'it is 4111 1111 1111 1111',
      note: '4111111111111111',
    })
    assert.equal(patch, '{"message_id":"m1","text":"it is [CARD]","note":"[CARD]"}')
  })

  it('is refused where it cannot be part of a message, each fault by its place', () => {
    assert.deepEqual(faultsOf(7, {}, { message_id: '' }), {
      'messages[0]': 'must be object',
      'messages[1].message_id': 'is required',
      'messages[2].message_id': 'must not have fewer than 1 characters',
    })
    const faults = faultsOf(
      { message_id: 'a', sentiment: 'GLAD' },
      { message_id: 'b', start_time: 5, end_time: 4 },
      { message_id: 'c', source_system: 'STT', channel: 'CHAT' },
      { message_id: 'd', message_start_at: 'today' },
      { message_id: 'e', text: 'half \ud800' },
    )
    assert.deepEqual(Object.keys(faults), [
      'messages[0].sentiment',
      'messages[1].end_time',
      'messages[2].channel',
      'messages[3].message_start_at',
      'messages[4].text',
    ])
  })

  it('may have values that the contract does not know, where these are kept', () => {
    const reading = readText('[{"message_id":"a","sentiment":"GLAD","channel":"FAX"}]', true)
    assert.deepEqual(reading.ok && reading.patches, ['{"message_id":"a","channel":"FAX","sentiment":"GLAD"}'])
    assert.equal(reading.ok && reading.warnings.length, 2)
  })

  it('is read without ever throwing, with so many problems at most', () => {
    fc.assert(
      fc.property(fc.array(trap, { maxLength: 60 }), fc.boolean(), (values, keep) => {
        const reading = readText(JSON.stringify(values), keep)
        if (reading.ok) for (const patch of reading.patches) JSON.parse(patch)
        else assert.ok(reading.problems.length >= 1 && reading.problems.length <= MAX_PROBLEMS)
      }),
      { numRuns: 300 },
    )
    const many = faultsOf(...Array.from({ length: 500 }, () => 1))
    assert.equal(Object.keys(many).length, MAX_PROBLEMS)
  })
})
