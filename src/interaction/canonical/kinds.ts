import { MAX_ID_BYTES, MAX_NAME_BYTES, MAX_SECONDS, MAX_TEXT_BYTES } from '../limits.ts'
import {
  CHANNELS,
  DIRECTIONS,
  PARTICIPANTS,
  SENTIMENTS,
  SOURCE_SYSTEMS,
  TRANSCRIPTION_TYPES,
} from '../values.ts'
import { Word } from './word.ts'

/**
 * What the value of a property has to be. The schema (schema.ts) and rules.ts say the same; that they agree on all that is
 * taken here is what test/interaction/canonical/ is for.
 */
export interface ValueKind {
  is: 'string' | 'word' | 'number' | 'integer' | 'boolean' | 'instant'
  /** Bytes of a string at least and at most; the largest number. */
  least: number
  most: number
  /** What a word is one of, with its quotes. */
  words: readonly Word[]
}

function kind(is: ValueKind['is'], most = 0, least = 0, words: readonly string[] = []): ValueKind {
  return { is, least, most, words: words.map((word) => new Word(`"${word}"`)) }
}

const ID = kind('string', MAX_ID_BYTES, 1)
export const NAME = kind('string', MAX_NAME_BYTES)
const SECONDS = kind('number', MAX_SECONDS)
const INDEX = kind('integer', Number.MAX_SAFE_INTEGER)
const INSTANT = kind('instant')
const oneOf = (words: readonly string[]) => kind('word', 0, 0, words)

export const MESSAGE_KINDS: Readonly<Record<string, ValueKind>> = {
  message_id: ID,
  text: kind('string', MAX_TEXT_BYTES),
  channel: oneOf(CHANNELS),
  participant: oneOf(PARTICIPANTS),
  sentiment: oneOf(SENTIMENTS),
  intent: NAME,
  intent_confidence_score: kind('number', 1),
  intent_is_fallback: kind('boolean'),
  start_time: SECONDS,
  end_time: SECONDS,
  transcription_type: oneOf(TRANSCRIPTION_TYPES),
  source_system: oneOf(SOURCE_SYSTEMS),
  recording_id: ID,
  recording_index: INDEX,
  message_index: INDEX,
  message_start_at: INSTANT,
  agent_id: ID,
  agent_name: NAME,
}

export const AGENT_KINDS: Readonly<Record<string, ValueKind>> = { id: ID, name: NAME }

/** Those that are no lists. */
export const INTERACTION_KINDS: Readonly<Record<string, ValueKind>> = {
  id: ID,
  customer_id: ID,
  started_at: INSTANT,
  ended_at: INSTANT,
  direction: oneOf(DIRECTIONS),
}
