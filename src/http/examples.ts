import { revisionEtag } from './etag.ts'

/** What the OpenAPI document and the try-it page show: short conversations, as they are sent and as they are served. */

const AGENT = { id: '0c6e4f0a-52f5-4d0b-8f5e-1f6c2b7a9d34', name: 'Ines Duarte' }

/** A chat that a virtual agent begins and a person ends. */
export const CHAT = {
  id: '5f1c9a7e-0d52-4f6b-9a3d-2f4c1f1a7b10',
  customer_id: 'c0a8f4d27b5e4b6f9d3e1a2b7c8d9e0f',
  started_at: '2026-03-10T09:15:02.000000Z',
  ended_at: '2026-03-10T09:17:45.500000Z',
  direction: 'IN',
  ring_groups: ['deliveries'],
  queues: ['deliveries'],
  messages: [
    {
      message_id: 'va-1',
      text: 'Hello, I am the virtual assistant. What can I do for you?',
      channel: 'WEBCHAT',
      participant: 'BOT',
      source_system: 'VA',
      message_index: 0,
      message_start_at: '2026-03-10T09:15:02.000000Z',
    },
    {
      message_id: 'va-2',
      text: 'My parcel was to come on Friday and it is still not here.',
      channel: 'WEBCHAT',
      participant: 'CONTACT',
      sentiment: 'NEGATIVE',
      intent: 'late_delivery',
      intent_confidence_score: 0.93,
      intent_is_fallback: false,
      source_system: 'VA',
      message_index: 1,
      message_start_at: '2026-03-10T09:15:21.250000Z',
    },
    {
      message_id: 'dce-1',
      text: 'Hello, this is Ines. I am sorry for the wait: it left our depot today and arrives before noon.',
      channel: 'CHAT',
      participant: 'USER',
      source_system: 'DCE',
      message_index: 0,
      message_start_at: '2026-03-10T09:16:40.000000Z',
      agent_id: AGENT.id,
      agent_name: AGENT.name,
    },
    {
      message_id: 'dce-2',
      text: 'That is good news, thank you!',
      channel: 'CHAT',
      participant: 'CONTACT',
      sentiment: 'POSITIVE',
      source_system: 'DCE',
      message_index: 1,
      message_start_at: '2026-03-10T09:17:31.000000Z',
    },
  ],
  agents: [AGENT],
}

/** A call that was written down by speech to text. */
export const CALL = {
  id: 'a3d1e6b8-7c94-4e2f-8b1d-6f0e5d4c3b2a',
  customer_id: 'e7b9c1d3f5a74c6e8b0d2f4a6c8e0b1d',
  started_at: '2026-03-10T14:02:10.000000Z',
  ended_at: '2026-03-10T14:02:38.000000Z',
  direction: 'OUT',
  ring_groups: ['deliveries'],
  messages: [
    {
      message_id: 'stt-1',
      text: 'Good afternoon, this is Ines. Has your parcel arrived?',
      channel: 'VOICE',
      participant: 'USER',
      start_time: 0.8,
      end_time: 4.1,
      transcription_type: 'POST_CALL',
      source_system: 'STT',
      recording_id: 'rec-7f2a',
      recording_index: 0,
      message_index: 0,
    },
    {
      message_id: 'stt-2',
      text: 'Yes, an hour ago. Thank you for calling.',
      channel: 'VOICE',
      participant: 'CONTACT',
      sentiment: 'POSITIVE',
      start_time: 4.6,
      end_time: 7.9,
      transcription_type: 'POST_CALL',
      source_system: 'STT',
      recording_id: 'rec-7f2a',
      recording_index: 0,
      message_index: 1,
    },
  ],
  agents: [AGENT],
}

export const CURSOR = 'BAJmc3Vyc29ycyBhcmUgb3BhcXVl'

const BASE = 'https://parlance.example.com/conversations/interactions'

/** A page that another one follows. */
export const PAGE = {
  _embedded: { interactions: [CHAT] },
  _links: {
    self: {
      href: `${BASE}?interaction_started=2026-03-10T00:00:00.000000Z&interaction_ended=2026-03-17T00:00:00.000000Z&per_page=1`,
    },
    next: { href: `${BASE}?cursor=${CURSOR}` },
  },
}

/** The tag of CHAT, for its account. */
export const ETAG = revisionEtag('acme', 17, false)

export const WRITE_RESULT = { id: CHAT.id, result: 'updated', revision: 17 }

const WRONG_CHANNEL = { name: 'messages[0].channel', description: 'STT carries VOICE, not CHAT' }

/** A batch of which one is kept and one is not. */
export const BATCH_RESULT = {
  created: 1,
  updated: 0,
  unchanged: 0,
  rejected: 1,
  results: [
    { index: 0, id: CHAT.id, result: 'created', revision: 17 },
    {
      index: 1,
      id: CALL.id,
      result: 'rejected',
      problem: {
        code: '1904001',
        message: 'Invalid request body. (Bad Request)',
        fields: [WRONG_CHANNEL],
      },
    },
  ],
}

/** The same, sent as lines. */
export const STREAM_RESULT = {
  created: 1,
  updated: 0,
  unchanged: 0,
  rejected: 1,
  lines: 2,
  problems: [
    {
      line: 2,
      id: CALL.id,
      code: '1904001',
      message: 'Invalid request body. (Bad Request)',
      fields: [WRONG_CHANNEL],
      description: `line 2: ${WRONG_CHANNEL.name} ${WRONG_CHANNEL.description}`,
    },
  ],
  warnings: [],
}

/** Interactions as lines of JSON. */
export const LINES = `${[CHAT, CALL].map((each) => JSON.stringify(each)).join('\n')}\n`

/** What a pipeline sends as it is said. */
export const ADDED_MESSAGE = CHAT.messages[1] as (typeof CHAT.messages)[number]

/** How it opens the interaction with it. */
export const OPENING = {
  customer_id: CHAT.customer_id,
  direction: CHAT.direction,
  ring_groups: CHAT.ring_groups,
}

const { ended_at: _ended, ...OPEN_CHAT } = CHAT

/** A page of what is open. */
export const OPEN_PAGE = {
  _embedded: { interactions: [{ ...OPEN_CHAT, messages: CHAT.messages.slice(0, 2), agents: [] }] },
  _links: { self: { href: 'https://parlance.example.com/v1/interactions?state=open' } },
}

/** What can be told of the erasure of one interaction. */
export const ERASURE = {
  id: 'k3v6x2mnqf7dwz5a',
  kind: 'interactions',
  state: 'erased',
  interactions: 1,
  requested_at: '2026-03-12T08:30:00.000000Z',
  erased_at: '2026-03-12T08:30:00.000000Z',
}
/** One of more than some ids, as it is answered. */
export const BEGUN_ERASURE = {
  id: ERASURE.id,
  state: 'erasing',
  interactions: 0,
  requested_at: ERASURE.requested_at,
}
