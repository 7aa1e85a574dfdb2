import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CanonicalReader } from '../../../src/interaction/canonical/canonical-reader.ts'
import { redactorOf } from '../../../src/interaction/redact/redactor.ts'
import { KINDS } from '../../../src/interaction/redact/settings.ts'
import {
  AnyInteractionSchema,
  INTERACTION_PROPERTIES,
  InteractionSchema,
  WrittenInteractionSchema,
} from '../../../src/interaction/schema.ts'
import { interactionText } from '../arbitraries.ts'
import { draftOf, interaction, message, readText, without } from '../samples.ts'
import { canonical, FULL, isRecognised, spoken, untimed } from './samples.ts'

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
    [
      'with one id in two recordings',
      interaction({ messages: [0, 1].map((recording_index) => spoken({ recording_index })) }),
    ],
    [
      'with messages that stand where their predecessors do',
      untimed([0, 5], [undefined, undefined], [0, 5], [1, 0]),
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

describe('the form that is recognised', () => {
  it('is the one that is published: its properties have the order of the schemas', () => {
    for (const schema of [InteractionSchema, AnyInteractionSchema, WrittenInteractionSchema]) {
      assert.deepEqual(Object.keys(schema.properties), INTERACTION_PROPERTIES)
    }
  })
})
