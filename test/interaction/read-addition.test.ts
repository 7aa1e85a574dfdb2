import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_ADDED_MESSAGES } from '../../src/interaction/limits.ts'
import { parseLossless } from '../../src/interaction/lossless.ts'
import { missingToOpen, ownNames, readAddition } from '../../src/interaction/read-addition.ts'

const AT = '2024-03-10T12:00:00+02:00'
const hello = {
  message_id: 'm1',
  text: 'hello',
  channel: 'CHAT',
  participant: 'CONTACT',
  source_system: 'DCE',
}
const opening = { customer_id: 'c', direction: 'IN' }

function read(body: unknown, more: object = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const options = { id: 'i1', keepUnknownValues: false, mayBeEmpty: false, ...more }
  return readAddition(JSON.parse(text), { ...options, lossless: () => parseLossless(text) })
}

function taken(body: unknown, more: object = {}) {
  const reading = read(body, more)
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading
}

function names(body: unknown, more: object = {}): string[] {
  const reading = read(body, more)
  return reading.ok ? [] : reading.problems.map(({ name }) => name)
}

describe('readAddition', () => {
  it('takes one message by itself, and many in a list', () => {
    const one = taken(hello).addition
    assert.deepEqual(one, {
      patches: [JSON.stringify(hello)],
      opening: undefined,
      single: true,
      timed: false,
    })
    const many = taken({ messages: [hello, { message_id: 'm2', sentiment: 'POSITIVE' }] }).addition
    assert.deepEqual(many.patches, [JSON.stringify(hello), '{"message_id":"m2","sentiment":"POSITIVE"}'])
    assert.equal(many.single, false)
  })

  it('takes a message that has properties named like those of a list', () => {
    const { addition } = taken({ ...hello, messages: 1.0, interaction: 'x' })
    assert.deepEqual(addition.patches, [JSON.stringify({ ...hello, messages: 1, interaction: 'x' })])
  })

  it('keeps what the contract does not name to the digit, in messages and in the opening', () => {
    const body = `{"messages":[{"message_id":"m1","own":1.0}],"interaction":{"customer_id":"c","direction":"IN","started_at":"${AT}","own":12345678901234567890}}`
    const { addition, warnings } = taken(body)
    assert.deepEqual(addition.patches, ['{"message_id":"m1","own":1.0}'])
    assert.match(addition.opening?.json ?? '', /"own":12345678901234567890}$/)
    assert.deepEqual(
      warnings.map(({ name }) => name),
      ['messages[0].own', 'interaction.own'],
    )
    const [single] = taken(`{"message_id":"m1","own":1.0}`).addition.patches
    assert.equal(single, '{"message_id":"m1","own":1.0}')
  })

  it('opens with what is given, and with the time of the first message where no other is', () => {
    const later = { ...hello, message_id: 'm2', message_start_at: '2024-03-10T10:00:01Z' }
    const messages = [later, { ...hello, message_start_at: AT }, { ...hello, message_id: 'm3' }]
    const { addition } = taken({ messages, interaction: opening })
    const started_at = '2024-03-10T10:00:00.000000Z'
    const head = {
      id: 'i1',
      customer_id: 'c',
      started_at,
      direction: 'IN',
      ring_groups: [],
      messages: [],
      agents: [],
    }
    assert.equal(addition.timed, true)
    assert.deepEqual(JSON.parse(addition.opening?.json ?? ''), head)
    const { keepsMessages, endedAt, startedAt } = addition.opening ?? {}
    assert.deepEqual([keepsMessages, endedAt, startedAt], [true, undefined, Date.parse(started_at) * 1000])
    const own = taken({ messages, interaction: { ...opening, started_at: '2020-01-01T00:00:00Z' } })
    assert.match(own.addition.opening?.json ?? '', /"started_at":"2020-01-01T00:00:00.000000Z"/)
  })

  it('redacts before anything else is made of it', () => {
    const card = '4111 1111 1111 1111'
    const body = {
      messages: [{ ...hello, text: card, own: card }],
      interaction: { ...opening, started_at: AT, own: card },
    }
    const { addition } = taken(body)
    assert.doesNotMatch(JSON.stringify(addition), /4111/)
    assert.match(addition.opening?.json ?? '', /\[CARD\]/)
  })

  it('tells what is wrong by the names that the sender uses', () => {
    const rows: [body: unknown, names: string[]][] = [
      [[], ['']],
      ['null', ['']],
      [{}, ['messages']],
      [{ messages: {} }, ['messages']],
      [{ messages: null, interaction: opening }, ['messages']],
      [{ messages: [] }, ['messages']],
      [{ messages: [hello], customer_id: 'c' }, ['customer_id']],
      [{ ...hello, channel: 'FAX' }, ['channel']],
      [{ ...hello, message_id: 7 }, ['message_id']],
      [{ messages: [hello, { ...hello, channel: 'FAX' }] }, ['messages[1].channel']],
      [{ messages: [hello, 7] }, ['messages[1]']],
      [{ messages: [hello], interaction: 7 }, ['interaction']],
      [
        { messages: [hello], interaction: {} },
        ['interaction.customer_id', 'interaction.started_at', 'interaction.direction'],
      ],
      [{ messages: [hello], interaction: { ...opening, started_at: AT, id: 'other' } }, ['interaction.id']],
      [{ messages: [hello], interaction: { ...opening, started_at: AT, id: 'i1' } }, []],
      [
        { messages: [hello], interaction: { ...opening, ended_at: AT, messages: [] } },
        ['interaction.messages', 'interaction.ended_at'],
      ],
      [
        { messages: [{ text: 'x' }], interaction: { direction: 'UP' } },
        [
          'messages[0].message_id',
          'interaction.customer_id',
          'interaction.started_at',
          'interaction.direction',
        ],
      ],
    ]
    for (const [body, expected] of rows)
      assert.deepEqual(names(body).toSorted(), expected.toSorted(), JSON.stringify(body))
  })

  it('takes no message at all where something else is told', () => {
    assert.deepEqual(taken({ messages: [] }, { mayBeEmpty: true }).addition.patches, [])
    assert.deepEqual(names({}, { mayBeEmpty: true }), ['messages'])
  })

  it('keeps values outside the lists where that is asked for, with a warning', () => {
    const body = {
      messages: [{ ...hello, channel: 'FAX' }],
      interaction: { ...opening, started_at: AT, direction: 'UP' },
    }
    const { warnings } = taken(body, { keepUnknownValues: true })
    assert.deepEqual(
      warnings.map(({ name }) => name),
      ['messages[0].channel', 'messages[0].channel', 'interaction.direction'],
    )
  })

  it('takes so many messages and no more', () => {
    const messages = Array.from({ length: MAX_ADDED_MESSAGES + 1 }, (_, n) => ({ message_id: `m${n}` }))
    assert.equal(taken({ messages: messages.slice(1) }).addition.patches.length, MAX_ADDED_MESSAGES)
    const reading = read({ messages })
    assert.ok(!reading.ok && reading.tooLarge)
  })
})

describe('what is told of an addition that cannot be taken', () => {
  it('is what it lacks to open an interaction', () => {
    const lacks = (timed: boolean) => missingToOpen({ timed }).map(({ name }) => name)
    assert.deepEqual(lacks(true), ['interaction.customer_id', 'interaction.direction'])
    assert.deepEqual(lacks(false).at(-1), 'interaction.started_at')
  })

  it('names the fields of a single message without a list', () => {
    const problems = [{ name: 'messages[0].text', description: 'd' }]
    assert.deepEqual(ownNames(problems, true), [{ name: 'text', description: 'd' }])
    assert.equal(ownNames(problems, false), problems)
  })
})
