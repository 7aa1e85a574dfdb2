import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readRecord } from '../../src/ingest/ingest.ts'
import { CanonicalReader } from '../../src/interaction/canonical/canonical-reader.ts'
import { DEFAULT_REDACTOR, redactorOf } from '../../src/interaction/redact/redactor.ts'
import { KINDS } from '../../src/interaction/redact/settings.ts'
import { interactionText } from './arbitraries.ts'
import { draftOf, interaction, message, readText, spokenMessage, without } from './samples.ts'

const reader = new CanonicalReader(DEFAULT_REDACTOR)

/** Whether it is recognised; then the other way of reading has to make the same of it, without a word. */
function isRecognised(text: string | Buffer): boolean {
  const bytes = Buffer.from(text as string)
  const draft = reader.read(bytes)
  if (draft === undefined) return false
  const reading = readRecord({ unit: 'line', place: 1, bytes }, false)
  assert.ok(reading.ok, `recognised, but refused: ${bytes}`)
  assert.deepEqual({ ...draft, json: bytes.toString() }, reading.draft)
  assert.deepEqual(reading.warnings, [])
  return true
}

const at = (seconds: number) => `2024-05-01T10:00:${String(seconds).padStart(2, '0')}.000000Z`
const spoken = (changes: object = {}) => spokenMessage({ agent_name: 'Zoë', ...changes })
/** One with every property of the contract, and messages of all three sources. */
const FULL = {
  ...without(interaction(), 'messages', 'agents'),
  queues: ['Billing', ''],
  messages: [
    spoken({ message_start_at: at(1), text: 'she said "hi"\n\\' }),
    spoken({ message_id: 's2', message_start_at: at(1), recording_index: 1, start_time: 0, end_time: 0 }),
    message({ message_id: '漢', message_start_at: at(2), text: '', channel: 'SMS' }),
    message({ message_id: 'v', source_system: 'VA', channel: 'WEBCHAT', participant: 'BOT', intent: 'x' }),
  ],
  agents: [{ id: 'a1', name: 'Ada' }, { id: 'a2' }],
}
const canonical = (value: object) => draftOf(readText(JSON.stringify(value))).json

describe('a document as it is kept', () => {
  const taken: [what: string, value: object][] = [
    ['with everything', FULL],
    ['with the least', { ...interaction(), ring_groups: [], messages: [], agents: [] }],
    ['of an open interaction', without(interaction(), 'ended_at')],
    ['that ends as it starts', interaction({ ended_at: '2024-05-01T10:00:00.000000Z' })],
    [
      'with many messages',
      interaction({ messages: [...Array(300)].map((_, n) => message({ message_id: `${n}` })) }),
    ],
    [
      'with offsets into the audio only',
      interaction({
        messages: [1.5, 2, 1e8].map((start_time, n) =>
          without(spoken({ message_id: `${n}`, start_time, end_time: 1e8 }), 'message_start_at'),
        ),
      }),
    ],
  ]
  for (const [what, value] of taken) {
    it(`${what} is recognised`, () => assert.ok(isRecognised(canonical(value))))
  }

  it('is recognised again and again, by the same reader', () => {
    for (let turn = 0; turn < 3; turn += 1)
      for (const [, value] of taken) assert.ok(isRecognised(canonical(value)))
  })

  it('is recognised for any interaction, unless it has properties or characters that are rare', () => {
    let recognised = 0
    fc.assert(
      fc.property(interactionText({ maxMessages: 8 }), (text) => {
        const { json } = draftOf(readText(text))
        if (isRecognised(json)) recognised += 1
      }),
      { numRuns: 400 },
    )
    assert.ok(recognised > 10, `${recognised} of 400`)
  })
})

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
    ['a card', JSON.stringify(first({ text: 'it is 4111 1111 1111 1111' }))],
    ['nothing', ''],
    ['an object without anything', '{}'],
    ['half of it', json.slice(0, json.length / 2)],
  ]
  for (const [what, text] of texts) it(what, () => assert.ok(!isRecognised(text)))

  it('wherever it ends too early', () => {
    for (let length = 0; length < json.length; length += 1) assert.ok(!isRecognised(json.slice(0, length)))
  })
})

describe('whatever comes', () => {
  const bytes = Buffer.from(canonical(FULL))
  const piece = fc.oneof(
    fc.constantFrom(
      '0',
      '1',
      '9',
      '.',
      '-',
      'e',
      '"',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      ' ',
      '\n',
      '\\',
      '\\n',
      '\\u0041',
    ),
    fc.constantFrom(
      'é',
      '\0',
      '\x7f',
      '\u2028',
      'null',
      'true',
      'false',
      '""',
      '1.0',
      '01',
      '00',
      '0.1',
      '1e2',
    ),
    fc.constantFrom(
      '"STT"',
      '"DCE"',
      '"VA"',
      '"VOICE"',
      '"CHAT"',
      '"id":"x",',
      '"queues":[],',
      '{},',
      '4111111111111111',
    ),
  )
  const edit = fc.record({
    at: fc.nat(bytes.length),
    remove: fc.nat(12),
    add: fc.oneof(fc.constant(''), piece),
  })

  it('is recognised only if the other way makes the same of it', () => {
    let recognised = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let edited = bytes
        for (const { at: from, remove, add } of edits) {
          edited = Buffer.concat([edited.subarray(0, from), Buffer.from(add), edited.subarray(from + remove)])
        }
        if (isRecognised(edited)) recognised += 1
      }),
      { numRuns: 20_000 },
    )
    assert.ok(recognised > 100, `${recognised} were`)
  })

  it('likewise for any number', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0001234567899'), maxLength: 18 })
    const number = fc
      .tuple(
        fc.constantFrom('', '', '', '-'),
        digits,
        fc.constantFrom('', '.', '.'),
        digits,
        fc.constantFrom('', '', 'e1'),
      )
      .map((parts) => parts.join(''))
    const places = ['start_time', 'end_time', 'intent_confidence_score', 'recording_index', 'message_index']
    let recognised = 0
    fc.assert(
      fc.property(number, fc.constantFrom(...places), (text, name) => {
        const at = new RegExp(`"${name}":[\\d.]+`)
        if (isRecognised(bytes.toString().replace(at, `"${name}":${text}`))) recognised += 1
      }),
      { numRuns: 5000 },
    )
    assert.ok(recognised > 100, `${recognised} were`)
  })

  it('likewise with all that can be redacted', async () => {
    const redactor = await redactorOf({ kinds: KINDS, patterns: [{ name: 'ORDER', pattern: 'A-\\d+' }] })
    const all = new CanonicalReader(redactor)
    const texts = [
      'call +1 212 555 0147',
      'ann@mail.example',
      'order A-17',
      '078-05-1120',
      'DE89 3704 0044 0532 0130 00',
    ]
    for (const text of texts) {
      assert.notEqual(redactor.redact(text, {}), text)
      assert.equal(
        all.read(Buffer.from(canonical(interaction({ messages: [message({ text })] })))),
        undefined,
        text,
      )
    }
    assert.ok(all.read(bytes))
  })
})
