import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { interaction, message, without } from '../samples.ts'
import { at, canonical, FULL, isRecognised, spoken, untimed } from './samples.ts'

describe('what is not as it is kept is left to the other way', () => {
  const json = canonical(FULL)
  const first = (changes: object) => ({ ...FULL, messages: [spoken(changes)] })
  const replaced = (from: string, to: string) => {
    assert.ok(json.includes(from), from)
    return json.replace(from, to)
  }
  const texts: [what: string, text: string | Buffer][] = [
    ['white space', replaced('"id":', '"id": ')],
    ['white space before', ` ${json}`],
    ['a carriage return', `${json}\r`],
    ['something behind', `${json}{}`],
    ['a byte order mark', `\ufeff${json}`],
    ['another order', replaced('"id":"i1","customer_id":"c1"', '"customer_id":"c1","id":"i1"')],
    ['a name twice', replaced('"id":"i1"', '"id":"i1","id":"i1"')],
    ['a property of their own', replaced('"agents":', '"own":1,"agents":')],
    ['null', replaced('"intent":"greeting"', '"intent":null')],
    ['a number with a zero too many', replaced('"start_time":1.5', '"start_time":1.50')],
    ['a number with an exponent', replaced('"start_time":1.5', '"start_time":15e-1')],
    ['a negative zero', replaced('"start_time":0,', '"start_time":-0,')],
    ['a leading zero', replaced('"recording_index":1,', '"recording_index":01,')],
    ['a point without digits', replaced('"start_time":1.5', '"start_time":1.')],
    ['a point alone', replaced('"start_time":1.5', '"start_time":.5')],
    ['a fraction of an index', replaced('"recording_index":1,', '"recording_index":1.5,')],
    ['a number that is written with an exponent', replaced('"start_time":1.5', '"start_time":0.0000001')],
    ['more digits than a number holds', replaced('"start_time":1.5', '"start_time":1.2345678901234567')],
    ['a score above one', replaced('"intent_confidence_score":0.75', '"intent_confidence_score":1.5')],
    ['an escape that need not be', replaced('Zoë', 'Zo\\u00eb')],
    ['an escaped slash', replaced('Ada', 'A\\/da')],
    ['a character that must be escaped', replaced('Ada', 'A\tda')],
    ['a broken escape', replaced('Ada', 'A\\xda')],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from(json.slice(0, 20)), Buffer.from([0xff]), Buffer.from(json.slice(20))]),
    ],
    [
      'an instant with another offset',
      replaced('"2024-05-01T10:00:00.000000Z"', '"2024-05-01T12:00:00.000000+02:00"'),
    ],
    ['an instant of milliseconds', replaced(at(1), '2024-05-01T10:00:01.000Z')],
    ['a day that does not exist', replaced(at(1), '2024-02-30T10:00:01.000000Z')],
    ['an end before the start', replaced('"ended_at":"2024-05-01T10:05', '"ended_at":"2024-05-01T09:05')],
    ['an unknown value', replaced('"direction":"IN"', '"direction":"UP"')],
    ['a value that begins like a known one', replaced('"direction":"IN"', '"direction":"IN "')],
    ['an empty id', replaced('"customer_id":"c1"', '"customer_id":""')],
    ['an id that is too long', replaced('"c1"', `"${'c'.repeat(257)}"`)],
    ['a name that is too long', replaced('Billing', 'n'.repeat(1025))],
    ['a list that is too long', JSON.stringify(interaction({ ring_groups: Array(1001).fill('') }))],
    ['no messages', JSON.stringify(without(interaction(), 'messages'))],
    ['no ring groups', JSON.stringify(without(interaction(), 'ring_groups'))],
    ['no agents', JSON.stringify(without(interaction(), 'agents'))],
    ['no id', JSON.stringify(without(interaction(), 'id'))],
    ['an agent without an id', JSON.stringify(interaction({ agents: [{ name: 'x' }] }))],
    ['a message without a text', JSON.stringify(interaction({ messages: [without(message(), 'text')] }))],
    ['an end before its start', JSON.stringify(first({ start_time: 2, end_time: 1 }))],
    ['a channel of another source', JSON.stringify(first({ channel: 'CHAT' }))],
    [
      'what only speech has',
      JSON.stringify(
        interaction({
          messages: [message({ source_system: 'DCE' })].map((each) => ({ ...each, recording_index: 1 })),
        }),
      ),
    ],
    [
      'more than a thousand messages',
      JSON.stringify(
        interaction({ messages: [...Array(1001)].map((_, n) => message({ message_id: `${n}` })) }),
      ),
    ],
    [
      'a text of more than a million bytes',
      JSON.stringify(interaction({ messages: [message({ text: '['.repeat(1_000_001) })] })),
    ],
    ['a message twice', JSON.stringify({ ...FULL, messages: [message(), message()] })],
    ['messages out of order', JSON.stringify({ ...FULL, messages: [...FULL.messages].reverse() })],
    [
      'an index out of order',
      JSON.stringify(
        interaction({ messages: [2, 1].map((n) => message({ message_id: `${n}`, message_index: n })) }),
      ),
    ],
    [
      'a recording out of order',
      JSON.stringify({
        ...FULL,
        messages: [1, 0].map((n) => spoken({ message_id: `${n}`, recording_index: n })),
      }),
    ],
    ['an index before that of a predecessor', JSON.stringify(untimed([0, 5], [0, undefined], [0, 3]))],
    ['a recording before that of a predecessor', JSON.stringify(untimed([2, 0], [undefined, 1], [1, 1]))],
    ['a card', JSON.stringify(first({ text: 'it is 4111 1111 1111 1111' }))],
    ['a card in digits beyond ASCII', JSON.stringify(first({ text: '４１１１ １１１１ １１１１ １１１１' }))],
    ['a card with characters that are escaped', JSON.stringify(first({ text: '4111\t1111\t1111\t1111' }))],
    ['nothing', ''],
    ['an object without anything', '{}'],
    ['half of it', json.slice(0, json.length / 2)],
  ]
  for (const [what, text] of texts) it(what, () => assert.ok(!isRecognised(text)))

  it('wherever it ends too early', () => {
    for (let length = 0; length < json.length; length += 1) assert.ok(!isRecognised(json.slice(0, length)))
  })
})
