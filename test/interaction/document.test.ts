import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseInstant } from '../../src/interaction/instant.ts'
import { MAX_DOCUMENT_BYTES, MAX_TEXT_BYTES } from '../../src/interaction/limits.ts'
import {
  documentOf,
  draftOf,
  interaction,
  message,
  problemsOf,
  read,
  readText,
  spokenMessage,
  warningsOf,
  without,
} from './samples.ts'

describe('reading a valid interaction', () => {
  it('keeps one that is in the contract’s form byte for byte', () => {
    const text = JSON.stringify({
      ...without(interaction(), 'messages', 'agents'),
      queues: ['Billing', ''],
      messages: [spokenMessage()],
      agents: [{ id: 'a1', name: 'Ada' }, { id: 'a2' }],
    })
    assert.equal(draftOf(readText(text)).json, text)
    assert.deepEqual(warningsOf(readText(text)), [])
  })

  it('puts properties into the contract’s order, at every level', () => {
    const reversed = (of: object) => Object.fromEntries(Object.entries(of).reverse())
    const shuffled = reversed(
      interaction({ messages: [reversed(spokenMessage())], agents: [reversed({ id: 'a1', name: 'Ada' })] }),
    )
    const ordered = interaction({ messages: [spokenMessage()], agents: [{ id: 'a1', name: 'Ada' }] })
    assert.equal(draftOf(read(shuffled)).json, JSON.stringify(ordered))
  })

  it('tells what a store looks it up by', () => {
    const draft = draftOf(read(interaction()))
    assert.deepEqual(
      { ...draft, json: '' },
      {
        id: 'i1',
        customerId: 'c1',
        startedAt: parseInstant('2024-05-01T10:00:00Z'),
        endedAt: parseInstant('2024-05-01T10:05:00Z'),
        keepsMessages: false,
        json: '',
      },
    )
  })

  it('leaves an interaction without ended_at open', () => {
    for (const open of [without(interaction(), 'ended_at'), interaction({ ended_at: null })]) {
      const draft = draftOf(read(open))
      assert.ok(!('endedAt' in draft))
      assert.ok(!draft.json.includes('ended_at'))
    }
  })

  it('gives absent lists as empty ones, except queues', () => {
    const bare = without(interaction(), 'ring_groups', 'messages', 'agents')
    assert.deepEqual(documentOf(read(bare)), { ...bare, ring_groups: [], messages: [], agents: [] })
  })

  it('keeps the stored messages only where messages are absent or null', () => {
    const keeps = (value: unknown) => draftOf(read(value)).keepsMessages
    assert.equal(keeps(without(interaction(), 'messages')), true)
    assert.equal(keeps(interaction({ messages: null })), true)
    assert.equal(keeps(interaction({ messages: [] })), false)
    assert.equal(keeps(interaction()), false)
  })

  it('writes every instant in the contract’s form', () => {
    const document = documentOf(
      read(
        interaction({
          started_at: '2024-05-01t12:00:00.1234567+02:00',
          ended_at: '2024-05-01T10:00:00.5z',
          messages: [message({ message_start_at: '2024-05-01T10:00:00Z' })],
        }),
      ),
    )
    assert.equal(document.started_at, '2024-05-01T10:00:00.123456Z')
    assert.equal(document.ended_at, '2024-05-01T10:00:00.500000Z')
    assert.equal(document.messages[0].message_start_at, '2024-05-01T10:00:00.000000Z')
  })

  it('takes an interaction that ends as it starts', () => {
    draftOf(read(interaction({ ended_at: '2024-05-01T12:00:00+02:00' })))
  })

  it('takes empty texts and names, and ids of any form', () => {
    const empty = interaction({
      id: '550e8400-e29b-41d4-a716-446655440000',
      customer_id: '0123456789abcdef0123456789abcdef',
      ring_groups: [''],
      queues: [''],
      messages: [message({ message_id: '<1/2>\t漢 ', text: '', intent: '', agent_name: '' })],
      agents: [{ id: ' ', name: '' }],
    })
    const { id, customer_id, ring_groups, queues, messages, agents } = documentOf(read(empty))
    assert.deepEqual(
      { id, customer_id, ring_groups, queues, messages, agents },
      {
        id: empty.id,
        customer_id: empty.customer_id,
        ring_groups: empty.ring_groups,
        queues: empty.queues,
        messages: empty.messages,
        agents: empty.agents,
      },
    )
  })
})

describe('the id in the path', () => {
  it('stands in for an absent one', () => {
    for (const value of [without(interaction(), 'id'), interaction({ id: null })]) {
      const reading = read(value, { id: 'from-path' })
      assert.equal(draftOf(reading).id, 'from-path')
      assert.match(draftOf(reading).json, /^\{"id":"from-path","customer_id"/)
    }
  })

  it('may be repeated in the body', () => {
    assert.equal(draftOf(read(interaction(), { id: 'i1' })).id, 'i1')
  })

  it('must not differ from the body’s', () => {
    const description = 'must be the id in the path, or be left out'
    assert.deepEqual(problemsOf(read(interaction(), { id: 'i2' })), [{ name: 'id', description }])
    assert.deepEqual(problemsOf(read(interaction({ id: 5 }), { id: '5' })), [
      { name: 'id', description },
      { name: 'id', description: 'must be string' },
    ])
  })

  it('is checked as any id is', () => {
    const bare = without(interaction(), 'id')
    assert.deepEqual(problemsOf(read(bare, { id: 'x'.repeat(257) })), [
      { name: 'id', description: 'is longer than 256 bytes' },
    ])
  })

  it('does not make an object of what is none', () => {
    for (const value of [null, [], 'x', 5]) {
      assert.deepEqual(problemsOf(read(value, { id: 'i1' })), [
        { name: '', description: 'must be an object' },
      ])
    }
  })

  it('keeps the body’s own properties', () => {
    const text = '{"own":1.0,"customer_id":"c1","started_at":"2024-05-01T10:00:00Z","direction":"IN"}'
    assert.match(draftOf(readText(text, { id: 'i1' })).json, /"agents":\[\],"own":1\.0\}$/)
  })
})

describe('a refused interaction', () => {
  it('is named where it has an id', () => {
    const refused = (value: unknown) => {
      const reading = read(value)
      assert.ok(!reading.ok)
      return reading.id
    }
    assert.equal(refused(interaction({ direction: 'UP' })), 'i1')
    assert.equal(refused(interaction({ ended_at: '2024-04-01T00:00:00Z' })), 'i1')
    assert.equal(refused(interaction({ id: 7 })), undefined)
    assert.equal(refused(null), undefined)
  })
})

describe('the largest document', () => {
  /** An interaction whose document has exactly this many bytes, in texts that are short enough. */
  function ofSize(bytes: number) {
    const texts = Array.from({ length: 8 }, (_, index) => message({ message_id: `m${index}`, text: '' }))
    const value = interaction({ messages: texts })
    let missing = bytes - Buffer.byteLength(JSON.stringify(value))
    for (const each of texts) {
      const length = Math.min(missing, MAX_TEXT_BYTES)
      each.text = 'x'.repeat(length)
      missing -= length
    }
    return value
  }

  it('is taken', () => {
    const { json } = draftOf(read(ofSize(MAX_DOCUMENT_BYTES)))
    assert.equal(Buffer.byteLength(json), MAX_DOCUMENT_BYTES)
  })

  it('is the largest', () => {
    const reading = read(ofSize(MAX_DOCUMENT_BYTES + 1))
    assert.deepEqual(problemsOf(reading), [{ name: '', description: 'is larger than 8388608 bytes' }])
    assert.ok(!reading.ok && reading.tooLarge === true && reading.id === 'i1')
  })
})
