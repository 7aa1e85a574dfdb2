import fc from 'fast-check'
import { AGENT_PROPERTIES, INTERACTION_PROPERTIES, MESSAGE_PROPERTIES } from '../../src/interaction/schema.ts'
import { CHANNELS_OF } from '../../src/interaction/values.ts'

/** Characters of one to four bytes, and some that JSON escapes. */
export const character = fc.constantFrom(...'aZ0 ."\\/{[,<é漢😀', '\n', '\t', '\u2028', '\ufeff', '\u0001')
const word = fc.string({ unit: character, minLength: 1, maxLength: 12 })
const anything = fc.string({ unit: character, maxLength: 30 })
/** A pool this small makes repeated messages common. */
const messageId = fc.constantFrom('m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7')

/** Times around the start, some before it, some equal, in several notations. */
const instant = fc.constantFrom(
  '2024-05-01T10:00:00Z',
  '2024-05-01T12:00:00.5+02:00',
  '2024-05-01T10:00:00.500000z',
  '2024-05-01t09:59:59.9999999Z',
  '2024-05-01T10:00:03Z',
  '2024-05-01T10:00:03.000001Z',
)

const sourceAndChannel = fc.constantFrom(
  ...[...CHANNELS_OF].flatMap(([source_system, channels]) =>
    channels.map((channel) => ({ source_system, channel })),
  ),
)

/** JSON texts of values, among them numbers that JavaScript would write differently. */
const valueText = fc.oneof(
  fc.constantFrom(
    '1.0',
    '12345678901234567890',
    '1e400',
    '-0',
    '1E2',
    '[null,{"a":[1.50]}]',
    '{"__proto__":1.0}',
  ),
  fc.json({ maxDepth: 4 }),
)

function unknownKey(names: readonly string[]) {
  const odd = fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', 'é', 'a.b')
  return fc.oneof(odd, word).filter((key) => !names.includes(key))
}

/** Properties that the contract does not name, as texts. */
function unknownTexts(names: readonly string[]) {
  const pair = fc.tuple(unknownKey(names), valueText)
  const some = fc.uniqueArray(pair, { maxLength: 3, selector: ([key]) => key })
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<[string, string][]>([]) },
    { weight: 1, arbitrary: some },
  )
}

/** An object's JSON text from named values (undefined ones left out) and texts of others. */
function objectText(named: object, texts: [string, string][]): string {
  const pairs = Object.entries(named)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, string] => [key, JSON.stringify(value)])
  return `{${[...pairs, ...texts].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof(optional(arbitrary), fc.constant(null))

const messageText = fc
  .record({
    message_id: messageId,
    text: anything,
    pair: sourceAndChannel,
    participant: fc.constantFrom('CONTACT', 'USER', 'BOT'),
    sentiment: nullable(fc.constantFrom('POSITIVE', 'NEUTRAL', 'NEGATIVE', 'MIXED')),
    intent: nullable(anything),
    intent_confidence_score: nullable(fc.double({ min: 0, max: 1, noNaN: true })),
    intent_is_fallback: optional(fc.boolean()),
    start_time: optional(fc.constantFrom(0, 0.1, 0.5, 3, 3.0000014, 10)),
    end_time: optional(fc.constantFrom(10, 12.25)),
    transcription_type: nullable(fc.constantFrom('POST_CALL', 'REAL_TIME')),
    recording_id: optional(word),
    recording_index: optional(fc.nat(2)),
    message_index: optional(fc.nat(4)),
    message_start_at: nullable(instant),
    agent_name: optional(anything),
    unknown: unknownTexts(MESSAGE_PROPERTIES),
  })
  .map(({ pair, unknown, ...named }) => objectText({ ...pair, ...named }, unknown))

const agentText = fc
  .record({ id: word, name: nullable(anything), unknown: unknownTexts(AGENT_PROPERTIES) })
  .map(({ unknown, ...named }) => objectText(named, unknown))

function listText(texts: string[] | null | undefined): string | undefined {
  return texts ? `[${texts.join()}]` : texts === null ? 'null' : undefined
}

/** The JSON text of an interaction that is valid, with as many messages as asked for at most. */
export function interactionText({ maxMessages }: { maxMessages: number }): fc.Arbitrary<string> {
  return fc
    .record({
      id: word,
      customer_id: word,
      started_at: fc.constantFrom('2024-05-01T10:00:00Z', '2024-05-01T12:00:00.000000+02:00'),
      ended_at: nullable(fc.constantFrom('2024-05-01T10:05:00Z', '2024-05-02T00:00:00.1234567Z')),
      direction: fc.constantFrom('IN', 'OUT', 'INTERNAL'),
      ring_groups: nullable(fc.array(fc.option(anything), { maxLength: 3 })),
      queues: nullable(fc.array(anything, { maxLength: 3 })),
      messages: nullable(fc.array(messageText, { maxLength: maxMessages, size: 'max' })),
      agents: nullable(fc.array(fc.oneof(agentText, agentText, fc.constant('null')), { maxLength: 3 })),
      unknown: unknownTexts(INTERACTION_PROPERTIES),
    })
    .map(({ messages, agents, unknown, ...named }) => {
      const lists: [string, string | undefined][] = [
        ['messages', listText(messages)],
        ['agents', listText(agents)],
      ]
      return objectText(
        named,
        [...lists, ...unknown].filter((pair): pair is [string, string] => pair[1] !== undefined),
      )
    })
}

/** Any JSON value, with names that trip up careless code among its strings. */
export const trap: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 1.5, 1e308, '', '\0', '\ud800', '__proto__', 'constructor', 'toString', 'STT'),
  fc.constantFrom<unknown[]>([], {}, [null], [[]], [{}], [null, { id: 'a', own: 1 }], { length: 1 }),
)
