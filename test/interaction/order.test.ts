import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatInstant, parseInstant, SECOND } from '../../src/interaction/instant.ts'
import type { Message } from '../../src/interaction/message.ts'
import { orderMessages } from '../../src/interaction/order.ts'

const START = parseInstant('2024-05-01T10:00:00Z') as number

/** A message from a word: `name`, then `@seconds` (message_start_at), `+seconds` (start_time), `r` and `i` indices. */
function messageOf(word: string): Message {
  const [name = ''] = word.split(' ')
  const number = (prefix: string) => {
    const part = word.split(' ').find((each, index) => index > 0 && each.startsWith(prefix))
    return part === undefined ? undefined : Number(part.slice(1))
  }
  const [at, offset, recording, index] = [number('@'), number('+'), number('r'), number('i')]
  const each: Message = { message_id: name, text: '', channel: '', participant: '', source_system: '' }
  if (at !== undefined) each.message_start_at = formatInstant(START + Math.round(at * SECOND))
  if (offset !== undefined) each.start_time = offset
  if (recording !== undefined) each.recording_index = recording
  if (index !== undefined) each.message_index = index
  return each
}

const namesOf = (messages: Message[]) => messages.map(({ message_id }) => message_id).join(' ')

describe('the order of messages', () => {
  const cases: [rule: string, words: string[], order: string][] = [
    ['is by message_start_at', ['a @3', 'b @1', 'c @2'], 'b c a'],
    ['counts microseconds', ['a @1.000002', 'b @1.000001'], 'b a'],
    ['may begin before the interaction', ['a @0', 'b @-5'], 'b a'],
    ['is by the start plus start_time', ['a +3', 'b +0.5', 'c +0.25'], 'c b a'],
    ['mixes both', ['a +3', 'b @2', 'c @4', 'd +2.5'], 'b d a c'],
    ['prefers message_start_at to start_time', ['a @1 +9', 'b @2 +0'], 'a b'],
    ['puts an untimed message behind the one before it', ['a @2', 'b', 'c @1', 'd'], 'c d a b'],
    ['takes a predecessor’s time through several untimed ones', ['a @2', 'b', 'c', 'd', 'e @1'], 'e a b c d'],
    ['leaves untimed ones without indices as they came', ['a', 'b', 'c'], 'a b c'],
    ['leaves untimed ones with nobody before them in front', ['a i0', 'b @-1', 'c @1'], 'a b c'],
    ['is by recording_index at the same time', ['a @1 r2', 'b @1 r0', 'c @1 r1'], 'b c a'],
    ['is then by message_index', ['a @1 r0 i2', 'b @1 r1 i0', 'c @1 r0 i1'], 'c a b'],
    ['is by message_index alone', ['a @1 i2', 'b @1 i1', 'c @1 i3'], 'b a c'],
    ['puts an absent index before any', ['d @1 r0 i9', 'c @1 r0', 'b @1 i5', 'a @1'], 'a b c d'],
    ['leaves what has neither time nor index behind its predecessor', ['a @1 r0 i3', 'b', 'c @2'], 'a b c'],
    ['takes a recording over with the time', ['a @1 r0 i3', 'b i4', 'c @1 r0 i5'], 'a b c'],
    ['does not let an index pull one past those without', ['a @1', 'b @2', 'c i0'], 'a b c'],
    ['is then as they came', ['a @1 r0 i0', 'b @1 r0 i0', 'c @1 r0 i0'], 'a b c'],
    ['looks at the time first', ['a @2 r0 i0', 'b @1 r9 i9'], 'b a'],
    ['sorts untimed ones by their indices', ['a r1 i0', 'b r0 i1', 'c r0 i0'], 'c b a'],
    [
      'puts an untimed one between its neighbours by index',
      ['a @1 i1', 'b @2 i2', 'd @4 i4', 'c i3'],
      'a b c d',
    ],
    ['keeps an untimed one with a higher index behind', ['a @1 i1', 'b i2', 'c @3 i3', 'd i4'], 'a b c d'],
  ]
  for (const [rule, words, order] of cases) {
    it(rule, () => {
      assert.equal(namesOf(orderMessages(words.map(messageOf), START)), order)
    })
  }

  it('does not change the list it is given', () => {
    const messages = ['a @3', 'b @1', 'c', 'd i0'].map(messageOf)
    orderMessages(messages, START)
    assert.equal(namesOf(messages), 'a b c d')
  })

  it('gives the same list where it is in order', () => {
    const messages = ['a @1', 'b', 'c @2 i0', 'd @2 i1'].map(messageOf)
    assert.equal(orderMessages(messages, START), messages)
    const none: Message[] = []
    assert.equal(orderMessages(none, START), none)
  })

  const time = fc.constantFrom('', '', ' @0', ' @1', ' @1.000001', ' @-1', ' +0', ' +1', ' +1.5')
  const recording = fc.constantFrom('', ' r0', ' r1')
  const index = fc.constantFrom('', '', ' i0', ' i1', ' i2')
  const words = fc
    .array(fc.tuple(time, recording, index), { maxLength: 40, size: 'max' })
    .map((list) => list.map((parts, at) => `m${at}${parts.join('')}`))

  it('loses and repeats no message, and once found it stays', () => {
    fc.assert(
      fc.property(words, (each) => {
        const messages = each.map(messageOf)
        const ordered = orderMessages(messages, START)
        assert.deepEqual(new Set(ordered), new Set(messages))
        assert.equal(ordered.length, messages.length)
        assert.equal(namesOf(orderMessages(ordered, START)), namesOf(ordered))
      }),
      { numRuns: 500 },
    )
  })

  it('is a stable sort by time and indices where every message has a time', () => {
    const timed = words.map((list) => list.filter((word) => /[@+]/.test(word)))
    const secondsOf = (each: Message) =>
      each.message_start_at === undefined
        ? START + (each.start_time as number) * SECOND
        : (parseInstant(each.message_start_at) as number)
    const keyOf = (each: Message) => [secondsOf(each), each.recording_index ?? -1, each.message_index ?? -1]
    fc.assert(
      fc.property(timed, (each) => {
        const messages = each.map(messageOf)
        const expected = messages.toSorted((a, b) => {
          const [left, right] = [keyOf(a), keyOf(b)]
          const at = left.findIndex((value, part) => value !== right[part])
          return at === -1 ? 0 : (left[at] as number) - (right[at] as number)
        })
        assert.equal(namesOf(orderMessages(messages, START)), namesOf(expected))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps messages with a time in order among themselves, whatever stands between', () => {
    fc.assert(
      fc.property(words, (each) => {
        const messages = each.map(messageOf)
        const timed = (list: Message[]) =>
          list.filter(
            ({ message_start_at, start_time }) => message_start_at !== undefined || start_time !== undefined,
          )
        const among = orderMessages(messages, START)
        assert.equal(namesOf(timed(among)), namesOf(orderMessages(timed(messages), START)))
      }),
      { numRuns: 300 },
    )
  })
})
