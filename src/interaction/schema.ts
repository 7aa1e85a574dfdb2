import Type from 'typebox'
import { MAX_ID_BYTES, MAX_LIST_ENTRIES, MAX_SECONDS } from './limits.ts'
import {
  CHANNELS,
  DIRECTIONS,
  PARTICIPANTS,
  SENTIMENTS,
  SOURCE_SYSTEMS,
  TRANSCRIPTION_TYPES,
} from './values.ts'

/**
 * The shapes of contract A1, written once: they validate what is written and make the OpenAPI document.
 * `closed` schemas hold the lists of known values (for writes); open ones take any value (for responses:
 * clients must expect values and properties that do not exist yet). A title is the name in that document.
 */

const id = (description: string) =>
  Type.String({ minLength: 1, description: `${description} 1 to ${MAX_ID_BYTES} bytes.` })
const dateTime = (description: string) => Type.String({ format: 'date-time', description })
const seconds = (description: string) => Type.Number({ minimum: 0, maximum: MAX_SECONDS, description })
const index = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description })
const names = (description: string) => Type.Array(Type.String(), { maxItems: MAX_LIST_ENTRIES, description })

function value(known: readonly string[], closed: boolean, description: string) {
  const list = known.map((each) => `\`${each}\``).join(', ')
  if (closed) return Type.String({ enum: [...known], description })
  return Type.String({ description: `${description} Known values: ${list}.` })
}

function message(closed: boolean) {
  return Type.Object(
    {
      message_id: id('The message, within its source system and recording.'),
      text: Type.String({ description: 'What was said or written; may be empty.' }),
      channel: value(CHANNELS, closed, 'The channel it travelled on.'),
      participant: value(
        PARTICIPANTS,
        closed,
        'Who said it: the customer, a human agent, or a virtual agent.',
      ),
      sentiment: Type.Optional(value(SENTIMENTS, closed, 'The sentiment found in it.')),
      intent: Type.Optional(Type.String({ description: 'The intent found in it.' })),
      intent_confidence_score: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1, description: 'How sure the intent is, from 0 to 1.' }),
      ),
      intent_is_fallback: Type.Optional(
        Type.Boolean({ description: 'Whether no intent was understood and the fallback stands in.' }),
      ),
      start_time: Type.Optional(seconds('Seconds into the audio (STT only).')),
      end_time: Type.Optional(seconds('Seconds into the audio (STT only).')),
      transcription_type: Type.Optional(
        value(TRANSCRIPTION_TYPES, closed, 'Whether speech was written down during or after the call.'),
      ),
      source_system: value(
        SOURCE_SYSTEMS,
        closed,
        'Speech to text, the digital channels engine, or the virtual agent.',
      ),
      recording_id: Type.Optional(id('The recording it was heard in.')),
      recording_index: Type.Optional(index('The place of the recording in the interaction (STT only).')),
      message_index: Type.Optional(index('Its place within the interaction or the recording.')),
      message_start_at: Type.Optional(dateTime('When it began.')),
      agent_id: Type.Optional(id('The agent who said it.')),
      agent_name: Type.Optional(Type.String({ description: "That agent's name." })),
    },
    { title: closed ? 'WrittenMessage' : 'Message', description: 'One thing said or written.' },
  )
}

const agent = Type.Object(
  {
    id: id('The agent.'),
    name: Type.Optional(Type.String({ description: "The agent's name." })),
  },
  { title: 'Agent' },
)

const customerId = id('The customer.')
const startedAt = dateTime('When it started.')
const endedAt = dateTime('When it ended.')
const direction = (closed: boolean) =>
  value(DIRECTIONS, closed, 'From whom it came, seen from the contact centre.')
const ringGroups = names("The agents' ring groups.")
const queues = names('The queues it waited in.')
const agents = Type.Array(agent, { maxItems: MAX_LIST_ENTRIES, description: 'The agents who took part.' })

const sent = {
  id: id('The interaction.'),
  customer_id: customerId,
  started_at: startedAt,
  ended_at: endedAt,
  direction: direction(false),
  ring_groups: ringGroups,
  queues: Type.Optional(queues),
  messages: Type.Array(message(false), { description: 'In the order they were said.' }),
  agents,
}

/** An interaction as it is sent. Open to more values and properties. */
export const InteractionSchema = Type.Object(sent, {
  title: 'Interaction',
  description: 'A call, chat, SMS exchange or virtual-agent session, with everything said in it.',
})

/** The same where it need not have ended. */
export const AnyInteractionSchema = Type.Object(
  { ...sent, ended_at: Type.Optional(dateTime('When it ended; absent while it is open.')) },
  { title: 'OpenOrEndedInteraction', description: 'An interaction as far as it has come.' },
)

function written(closed: boolean) {
  return Type.Object(
    {
      id: id('The interaction.'),
      customer_id: customerId,
      started_at: startedAt,
      ended_at: Type.Optional(dateTime('When it ended; absent while it is open.')),
      direction: direction(closed),
      ring_groups: Type.Optional(ringGroups),
      queues: Type.Optional(queues),
      messages: Type.Optional(
        Type.Array(message(closed), { description: 'Absent: the stored messages stay as they are.' }),
      ),
      agents: Type.Optional(agents),
    },
    {
      title: closed ? 'WrittenInteraction' : 'OpenWrittenInteraction',
      description: 'An interaction as it is written.',
    },
  )
}

/** An interaction as it is written, with the known values only. */
export const WrittenInteractionSchema = written(true)
/** The same with any value (`?unknown=keep`). */
export const OpenWrittenInteractionSchema = written(false)

/** What is given of a message that is added or enriched: at least its id. */
const patch = (closed: boolean) => {
  const { message_id, ...others } = message(closed).properties
  return Type.Object(
    { message_id, ...Type.Partial(Type.Object(others)).properties },
    {
      title: closed ? 'MessagePatch' : 'OpenMessagePatch',
      description:
        'A message that is added, or what becomes known of one that is there: its fields are merged into those stored.',
    },
  )
}

export const MessagePatchSchema = patch(true)
/** The same with any value (`?unknown=keep`). */
export const OpenMessagePatchSchema = patch(false)

/** The named properties, in the order in which a document holds them; the schemas have the same. */
export const INTERACTION_PROPERTIES = [
  'id',
  'customer_id',
  'started_at',
  'ended_at',
  'direction',
  'ring_groups',
  'queues',
  'messages',
  'agents',
] as const
export const MESSAGE_PROPERTIES: readonly string[] = Object.keys(message(true).properties)
/** Those that no message is without, besides its id. */
export const MESSAGE_REQUIRED = ['text', 'channel', 'participant', 'source_system'] as const
export const AGENT_PROPERTIES: readonly string[] = Object.keys(agent.properties)
