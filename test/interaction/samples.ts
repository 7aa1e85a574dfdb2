import assert from 'node:assert/strict'
import { type Reading, readInteraction } from '../../src/interaction/document.ts'
import { parseLossless } from '../../src/interaction/lossless.ts'
import { parseJson } from '../../src/interaction/parse-json.ts'
import type { Problem } from '../../src/interaction/problems.ts'
import type { Draft } from '../../src/interaction/serialise.ts'

type Properties = Record<string, unknown>

/** A message with the required properties only, and what a test changes in it. */
export function message(changes: Properties = {}): Properties {
  return {
    message_id: 'm1',
    text: 'Hello',
    channel: 'CHAT',
    participant: 'CONTACT',
    source_system: 'DCE',
    ...changes,
  }
}

/** A message of speech to text with every property of the contract. */
export function spokenMessage(changes: Properties = {}): Properties {
  return {
    message_id: 's1',
    text: 'good morning',
    channel: 'VOICE',
    participant: 'USER',
    sentiment: 'POSITIVE',
    intent: 'greeting',
    intent_confidence_score: 0.75,
    intent_is_fallback: false,
    start_time: 1.5,
    end_time: 2.25,
    transcription_type: 'POST_CALL',
    source_system: 'STT',
    recording_id: 'r1',
    recording_index: 0,
    message_index: 0,
    message_start_at: '2024-05-01T10:00:01.500000Z',
    agent_id: 'a1',
    agent_name: 'Ada',
    ...changes,
  }
}

/** An ended interaction with one message, in the contract's own form, and what a test changes in it. */
export function interaction(changes: Properties = {}): Properties {
  return {
    id: 'i1',
    customer_id: 'c1',
    started_at: '2024-05-01T10:00:00.000000Z',
    ended_at: '2024-05-01T10:05:00.000000Z',
    direction: 'IN',
    ring_groups: ['Sales'],
    messages: [message()],
    agents: [{ id: 'a1', name: 'Ada' }],
    ...changes,
  }
}

export function without(of: Properties, ...names: string[]): Properties {
  return Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name)))
}

interface Options {
  keepUnknownValues?: boolean
  id?: string
}

/** Reads a JSON text as every way into the system does. */
export function readText(text: string, { keepUnknownValues = false, id }: Options = {}): Reading {
  const lossless = () => parseLossless(text)
  return readInteraction(parseJson(text), { keepUnknownValues, id, lossless })
}

export function read(value: unknown, options?: Options): Reading {
  return readText(JSON.stringify(value), options)
}

export function draftOf(reading: Reading): Draft {
  assert.ok(reading.ok, `refused: ${JSON.stringify(reading)}`)
  return reading.draft
}

/** The document that would be stored, parsed. */
// biome-ignore lint/suspicious/noExplicitAny: tests reach into documents of every shape
export function documentOf(reading: Reading): any {
  return JSON.parse(draftOf(reading).json)
}

export function problemsOf(reading: Reading): Problem[] {
  assert.ok(!reading.ok, 'was not refused')
  return reading.problems
}

export function warningsOf(reading: Reading): Problem[] {
  assert.ok(reading.ok, `refused: ${JSON.stringify(reading)}`)
  return reading.warnings
}
