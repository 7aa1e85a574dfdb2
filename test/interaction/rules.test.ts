import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_TEXT_BYTES } from '../../src/interaction/limits.ts'
import {
  documentOf,
  draftOf,
  interaction,
  message,
  problemsOf,
  read,
  spokenMessage,
  warningsOf,
} from './samples.ts'

/** Contract A1: which channels each source system may carry. */
const MAY_CARRY: Record<string, string[]> = {
  STT: ['VOICE'],
  DCE: ['CHAT', 'SMS', 'DIGITAL_CONNECT'],
  VA: ['VOICE', 'WEBCHAT', 'SMS', 'DIGITAL_CONNECT'],
}
const CHANNELS = ['VOICE', 'CHAT', 'SMS', 'DIGITAL_CONNECT', 'WEBCHAT']

describe('the channel of a message', () => {
  for (const [source_system, allowed] of Object.entries(MAY_CARRY)) {
    for (const channel of CHANNELS) {
      const value = interaction({ messages: [message({ source_system, channel })] })
      if (allowed.includes(channel)) {
        it(`${channel} may come from ${source_system}`, () => {
          assert.deepEqual(warningsOf(read(value)), [])
          assert.deepEqual(warningsOf(read(value, { keepUnknownValues: true })), [])
        })
        continue
      }
      it(`${channel} may not come from ${source_system}, unless unknown values are kept`, () => {
        const description = `${source_system} carries ${allowed.join(', ')}, not ${channel}`
        const told = [{ name: 'messages[0].channel', description }]
        assert.deepEqual(problemsOf(read(value)), told)
        const kept = read(value, { keepUnknownValues: true })
        assert.deepEqual(warningsOf(kept), told)
        assert.equal(documentOf(kept).messages[0].channel, channel)
      })
    }
  }

  it('is free for a source system that is not known', () => {
    for (const source_system of ['EMAIL', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf']) {
      const value = interaction({ messages: [message({ source_system })] })
      assert.deepEqual(documentOf(read(value, { keepUnknownValues: true })).messages, value.messages)
    }
  })

  it('is told for the message at fault, in an interaction of several source systems', () => {
    const messages = [
      message({ message_id: 'a', source_system: 'VA', channel: 'WEBCHAT', participant: 'BOT' }),
      message({ message_id: 'b' }),
      message({ message_id: 'c', channel: 'WEBCHAT' }),
      spokenMessage(),
    ]
    assert.deepEqual(
      problemsOf(read(interaction({ messages }))).map(({ name }) => name),
      ['messages[2].channel'],
    )
  })
})

describe('times', () => {
  const OUT_OF_RANGE =
    'must be an RFC 3339 date-time with an offset, from 1900 to 2199, such as 2023-06-16T00:00:02Z'

  it('must lie between 1900 and 2199', () => {
    for (const time of ['1899-12-31T23:59:59Z', '2200-01-01T00:00:00Z', '0001-01-01T00:00:00Z']) {
      for (const name of ['started_at', 'ended_at']) {
        const reading = read(interaction({ [name]: time }))
        assert.deepEqual(problemsOf(reading), [{ name, description: OUT_OF_RANGE }])
      }
      const reading = read(interaction({ messages: [message({ message_start_at: time })] }))
      assert.deepEqual(problemsOf(reading), [
        { name: 'messages[0].message_start_at', description: OUT_OF_RANGE },
      ])
    }
  })

  it('must not end before they start, by a microsecond', () => {
    const times = { started_at: '2024-05-01T10:00:00.000001Z', ended_at: '2024-05-01T12:00:00+02:00' }
    assert.deepEqual(problemsOf(read(interaction(times))), [
      { name: 'ended_at', description: 'lies before started_at' },
    ])
  })

  const offsets: [start: number | undefined, end: number | undefined, ok: boolean][] = [
    [1, 1, true],
    [1, 2, true],
    [2, 1, false],
    [1.0000001, 1, false],
    [undefined, 0, true],
    [5, undefined, true],
    [0, 100_000_000, true],
  ]
  for (const [start_time, end_time, ok] of offsets) {
    it(`${start_time} to ${end_time} seconds of an audio are ${ok ? 'taken' : 'refused'}`, () => {
      const reading = read(interaction({ messages: [spokenMessage({ start_time, end_time })] }))
      if (ok) draftOf(reading)
      else {
        const description = 'lies before start_time'
        assert.deepEqual(problemsOf(reading), [{ name: 'messages[0].end_time', description }])
      }
    })
  }

  it('may lie outside the interaction for a message', () => {
    draftOf(read(interaction({ messages: [message({ message_start_at: '2023-01-01T00:00:00Z' })] })))
  })

  it('into an audio are kept with a warning from other systems than speech to text', () => {
    const odd = message({ start_time: 1, end_time: 2, recording_index: 0, message_index: 0 })
    const reading = read(interaction({ messages: [spokenMessage(), odd] }))
    const description = 'belongs to speech to text (STT); kept as it came'
    assert.deepEqual(
      warningsOf(reading),
      ['start_time', 'end_time', 'recording_index'].map((name) => ({
        name: `messages[1].${name}`,
        description,
      })),
    )
    assert.ok(documentOf(reading).messages.some((each: object) => 'end_time' in each && 'text' in each))
  })
})

/** Where a string stands, and an interaction with it there. */
const PLACES: Record<string, (text: string) => Record<string, unknown>> = {
  id: (id) => interaction({ id }),
  customer_id: (customer_id) => interaction({ customer_id }),
  'ring_groups[1]': (text) => interaction({ ring_groups: ['a', text] }),
  'queues[0]': (text) => interaction({ queues: [text] }),
  'agents[1].id': (id) => interaction({ agents: [{ id: 'a' }, { id }] }),
  'agents[0].name': (name) => interaction({ agents: [{ id: 'a', name }] }),
  'messages[1].message_id': (message_id) => inMessage({ message_id }),
  'messages[1].text': (text) => inMessage({ text }),
  'messages[1].intent': (intent) => inMessage({ intent }),
  'messages[1].recording_id': (recording_id) => inMessage({ recording_id }),
  'messages[1].agent_id': (agent_id) => inMessage({ agent_id }),
  'messages[1].agent_name': (agent_name) => inMessage({ agent_name }),
}
const inMessage = (changes: Record<string, unknown>) =>
  interaction({ messages: [message({ message_id: 'first' }), message(changes)] })

function limitOf(place: string): number {
  if (place.endsWith('.text')) return MAX_TEXT_BYTES
  return /(^|[._])id$/.test(place) ? 256 : 1024
}

/** A text of exactly this many bytes, mostly of characters of 1 to 4 bytes each. */
function ofBytes(bytes: number, character: string): string {
  const size = Buffer.byteLength(character)
  return character.repeat(Math.floor(bytes / size)) + 'x'.repeat(bytes % size)
}

describe('a string', () => {
  for (const [place, withText] of Object.entries(PLACES)) {
    it(`of ${limitOf(place)} bytes is the longest for ${place}`, () => {
      for (const character of ['x', 'é', '漢', '😀']) {
        draftOf(read(withText(ofBytes(limitOf(place), character))))
        assert.deepEqual(problemsOf(read(withText(ofBytes(limitOf(place) + 1, character)))), [
          { name: place, description: `is longer than ${limitOf(place)} bytes` },
        ])
      }
    })

    it(`with half a surrogate pair or NUL is refused for ${place}`, () => {
      for (const half of ['\ud800', 'a\udfff', '\ude00\ud83d', 'x\ud83d😀']) {
        assert.deepEqual(problemsOf(read(withText(half))), [
          { name: place, description: 'holds half of a surrogate pair, which is not text' },
        ])
      }
      for (const nul of ['\0', 'a\0b']) {
        assert.deepEqual(problemsOf(read(withText(nul))), [
          { name: place, description: 'holds a NUL character' },
        ])
      }
      draftOf(read(withText('\u0001\u007f\u2028\ufeff\ufffd😀')))
    })
  }

  it('that is kept though unknown has the same bounds', () => {
    const value = interaction({ direction: 'x'.repeat(1025), messages: [message({ source_system: 'a\0' })] })
    assert.deepEqual(problemsOf(read(value, { keepUnknownValues: true })), [
      { name: 'direction', description: 'is longer than 1024 bytes' },
      { name: 'messages[0].source_system', description: 'holds a NUL character' },
    ])
  })
})
