import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_LIST_ENTRIES } from '../../src/interaction/limits.ts'
import { MAX_PROBLEMS } from '../../src/interaction/problems.ts'
import {
  documentOf,
  draftOf,
  interaction,
  message,
  problemsOf,
  read,
  spokenMessage,
  warningsOf,
  without,
} from './samples.ts'

const REQUIRED = ['id', 'customer_id', 'started_at', 'direction']
const REQUIRED_OF_MESSAGE = ['message_id', 'text', 'channel', 'participant', 'source_system']
const required = (name: string) => [{ name, description: 'is required' }]

describe('a required property', () => {
  for (const name of REQUIRED) {
    it(`${name} must be there, and not null`, () => {
      assert.deepEqual(problemsOf(read(without(interaction(), name))), required(name))
      assert.deepEqual(problemsOf(read(interaction({ [name]: null }))), required(name))
    })
  }

  for (const name of REQUIRED_OF_MESSAGE) {
    it(`${name} of a message must be there, and not null`, () => {
      const messages = [message(), message({ message_id: 'm2' })]
      for (const faulty of [
        without(messages[1] as object as Record<string, unknown>, name),
        message({ [name]: null }),
      ]) {
        const reading = read(interaction({ messages: [messages[0], faulty] }))
        assert.deepEqual(problemsOf(reading), required(`messages[1].${name}`))
      }
    })
  }

  it('id of an agent must be there', () => {
    assert.deepEqual(
      problemsOf(read(interaction({ agents: [{ id: 'a' }, { name: 'Ada' }] }))),
      required('agents[1].id'),
    )
  })

  it('is told beside every other fault', () => {
    assert.deepEqual(
      problemsOf(read({})),
      REQUIRED.map((name) => ({ name, description: 'is required' })),
    )
    assert.deepEqual(
      problemsOf(read(interaction({ messages: [{}] }))),
      REQUIRED_OF_MESSAGE.map((name) => ({ name: `messages[0].${name}`, description: 'is required' })),
    )
  })
})

describe('a value of the wrong type', () => {
  const NOT_STRINGS = [5, true, [], {}]
  const lists: Record<string, unknown[]> = {
    id: NOT_STRINGS,
    customer_id: NOT_STRINGS,
    started_at: NOT_STRINGS,
    ended_at: NOT_STRINGS,
  }
  for (const [name, values] of Object.entries(lists)) {
    it(`is refused for ${name}`, () => {
      for (const value of values) {
        assert.deepEqual(problemsOf(read(interaction({ [name]: value }))), [
          { name, description: 'must be string' },
        ])
      }
    })
  }

  it('is refused for a list', () => {
    for (const name of ['ring_groups', 'queues', 'messages', 'agents']) {
      for (const value of [{}, { length: 0 }, 'x', 5, false]) {
        assert.deepEqual(problemsOf(read(interaction({ [name]: value }))), [
          { name, description: 'must be array' },
        ])
      }
    }
  })

  it('is refused for the whole', () => {
    for (const value of [null, 5, 'x', true, [], [interaction()]]) {
      assert.deepEqual(problemsOf(read(value)), [{ name: '', description: 'must be an object' }])
    }
  })

  const inLists: [name: string, value: unknown[], at: string, description: string][] = [
    ['ring_groups', ['a', 5], 'ring_groups[1]', 'must be string'],
    ['queues', [{}], 'queues[0]', 'must be string'],
    ['messages', [message(), null], 'messages[1]', 'must be object'],
    ['messages', [[]], 'messages[0]', 'must be object'],
    ['agents', [{ id: 'a' }, 'b'], 'agents[1]', 'must be object'],
    ['agents', [{ id: 'a', name: 5 }], 'agents[0].name', 'must be string'],
    ['agents', [{ id: '' }], 'agents[0].id', 'must not have fewer than 1 characters'],
  ]
  for (const [name, value, at, description] of inLists) {
    it(`is refused in ${name}: ${JSON.stringify(value.at(-1))}`, () => {
      assert.deepEqual(problemsOf(read(interaction({ [name]: value }))), [{ name: at, description }])
    })
  }

  const DATE_TIME = 'must match format "date-time"'
  const inMessages: [name: string, value: unknown, description: string][] = [
    ['message_id', 5, 'must be string'],
    ['message_id', '', 'must not have fewer than 1 characters'],
    ['text', 5, 'must be string'],
    ['text', ['a'], 'must be string'],
    ['intent', {}, 'must be string'],
    ['intent_confidence_score', '0.5', 'must be number'],
    ['intent_confidence_score', -0.001, 'must be >= 0'],
    ['intent_confidence_score', 1.001, 'must be <= 1'],
    ['intent_is_fallback', 'false', 'must be boolean'],
    ['intent_is_fallback', 0, 'must be boolean'],
    ['start_time', '1', 'must be number'],
    ['start_time', -0.5, 'must be >= 0'],
    ['end_time', 100_000_001, 'must be <= 100000000'],
    ['recording_id', '', 'must not have fewer than 1 characters'],
    ['recording_index', 0.5, 'must be integer'],
    ['recording_index', -1, 'must be >= 0'],
    ['message_index', '1', 'must be integer'],
    ['message_index', 2 ** 53, 'must be <= 9007199254740991'],
    ['message_start_at', 1, 'must be string'],
    ['message_start_at', '2024-05-01', DATE_TIME],
    ['message_start_at', '2024-05-01T10:00:00', DATE_TIME],
    ['agent_id', '', 'must not have fewer than 1 characters'],
    ['agent_name', 5, 'must be string'],
  ]
  for (const [name, value, description] of inMessages) {
    it(`is refused for ${name} of a message: ${JSON.stringify(value)}`, () => {
      const messages = [message(), spokenMessage({ [name]: value })]
      assert.deepEqual(problemsOf(read(interaction({ messages }))), [
        { name: `messages[1].${name}`, description },
      ])
    })
  }

  it('is refused for a time that is none', () => {
    for (const name of ['started_at', 'ended_at']) {
      for (const text of [
        '',
        'now',
        '2024-05-01',
        '2024-05-01T10:00:00',
        '2024-02-30T10:00:00Z',
        '1714557600',
      ]) {
        assert.deepEqual(problemsOf(read(interaction({ [name]: text }))), [{ name, description: DATE_TIME }])
      }
    }
  })

  it('is not taken for another: neither texts that look like numbers nor numbers that could be texts', () => {
    const messages = [
      spokenMessage({ recording_index: '0', message_index: 1.5, intent_is_fallback: 1, text: 5 }),
    ]
    assert.deepEqual(
      problemsOf(read(interaction({ messages }))).map(({ name }) => name),
      ['text', 'intent_is_fallback', 'recording_index', 'message_index'].map((name) => `messages[0].${name}`),
    )
  })
})

const LISTED: [name: string, known: string, more: object][] = [
  ['channel', 'VOICE, CHAT, SMS, DIGITAL_CONNECT, WEBCHAT', {}],
  ['participant', 'CONTACT, USER, BOT', {}],
  ['sentiment', 'POSITIVE, NEUTRAL, NEGATIVE, MIXED', {}],
  ['transcription_type', 'POST_CALL, REAL_TIME', {}],
  ['source_system', 'STT, DCE, VA', {}],
]

describe('a value outside the contract’s lists', () => {
  const KEPT = 'is not a known value; kept as it came'

  it('is refused for direction, and kept with a warning where that is asked for', () => {
    const value = interaction({ direction: 'in' })
    const description = 'must be one of IN, OUT, INTERNAL'
    assert.deepEqual(problemsOf(read(value)), [{ name: 'direction', description }])
    const reading = read(value, { keepUnknownValues: true })
    assert.equal(documentOf(reading).direction, 'in')
    assert.deepEqual(warningsOf(reading), [{ name: 'direction', description: KEPT }])
  })

  for (const [name, known] of LISTED) {
    it(`is refused for ${name}, and kept with a warning where that is asked for`, () => {
      for (const odd of ['EMAIL', 'voice', '', 'constructor', '__proto__', 'toString']) {
        const value = interaction({ messages: [message(), message({ message_id: 'm2', [name]: odd })] })
        const at = `messages[1].${name}`
        assert.deepEqual(problemsOf(read(value)), [{ name: at, description: `must be one of ${known}` }])
        const reading = read(value, { keepUnknownValues: true })
        assert.deepEqual(documentOf(reading).messages, value.messages)
        assert.deepEqual(warningsOf(reading)[0], { name: at, description: KEPT })
      }
    })

    it(`must be a string even where unknown values of ${name} are kept`, () => {
      const value = interaction({ messages: [message({ [name]: 5 })] })
      const problems = problemsOf(read(value, { keepUnknownValues: true }))
      assert.deepEqual(problems, [{ name: `messages[0].${name}`, description: 'must be string' }])
    })
  }

  it('is no excuse for other faults', () => {
    const value = interaction({ direction: 'UP', customer_id: '' })
    assert.deepEqual(problemsOf(read(value, { keepUnknownValues: true })), [
      { name: 'customer_id', description: 'must not have fewer than 1 characters' },
    ])
  })

  it('gives no warning where every value is known', () => {
    assert.deepEqual(warningsOf(read(interaction(), { keepUnknownValues: true })), [])
  })
})

describe('the number of faults and warnings', () => {
  const many = (count: number) =>
    interaction({
      messages: Array.from({ length: count }, (_, n) => message({ message_id: `m${n}`, sentiment: '?' })),
    })

  it(`is ${MAX_PROBLEMS} at most, from the first on`, () => {
    for (const count of [9, MAX_PROBLEMS, MAX_PROBLEMS + 1, 200]) {
      const names = Array.from(
        { length: Math.min(count, MAX_PROBLEMS) },
        (_, n) => `messages[${n}].sentiment`,
      )
      assert.deepEqual(
        problemsOf(read(many(count))).map(({ name }) => name),
        names,
      )
      const warnings = warningsOf(read(many(count), { keepUnknownValues: true }))
      assert.deepEqual(
        warnings.map(({ name }) => name),
        names,
      )
    }
  })

  it('is bounded for faults of the rules as well', () => {
    const messages = Array.from({ length: 200 }, (_, n) => message({ message_id: `m${n}`, channel: 'VOICE' }))
    assert.equal(problemsOf(read(interaction({ messages }))).length, MAX_PROBLEMS)
  })
})

describe('a list', () => {
  const entries: Record<string, (index: number) => unknown> = {
    ring_groups: (index) => `group ${index}`,
    queues: (index) => `queue ${index}`,
    agents: (index) => ({ id: `a${index}` }),
  }
  for (const [name, entry] of Object.entries(entries)) {
    it(`${name} has ${MAX_LIST_ENTRIES} entries at most`, () => {
      const ofLength = (length: number) =>
        interaction({ [name]: Array.from({ length }, (_, index) => entry(index)) })
      draftOf(read(ofLength(MAX_LIST_ENTRIES)))
      assert.deepEqual(problemsOf(read(ofLength(MAX_LIST_ENTRIES + 1))), [
        { name, description: 'must not have more than 1000 items' },
      ])
    })
  }

  it('messages may be longer', () => {
    const messages = Array.from({ length: 3000 }, (_, index) => message({ message_id: `m${index}` }))
    assert.equal(documentOf(read(interaction({ messages }))).messages.length, 3000)
  })
})
