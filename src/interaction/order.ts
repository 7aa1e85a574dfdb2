import { parseInstant, SECOND } from './instant.ts'
import type { Message } from './message.ts'

interface Place {
  message: Message
  /** Its own time, where it has one. */
  time: number | undefined
  /** What it is sorted by: its own time and indices, or those it takes over. */
  at: number
  recording: number
  index: number
}

type Key = Pick<Place, 'at' | 'recording' | 'index'>

/**
 * The most that sorting may take, in messages times rounds: some ten milliseconds. Reached only by a hostile document,
 * of more than 700 messages, most without a time and each with a smaller index than all before it.
 */
const MAX_WORK = 500_000

/**
 * Puts messages in the contract's order: by `message_start_at`, else `started_at` + `start_time`, else the time of the
 * message before; then `recording_index`, `message_index`, arrival. An absent index comes first; a message without
 * a time takes over the absent ones too, so that one without anything stays behind its predecessor.
 *
 * Sorting may hand a message without a time another predecessor. It is repeated until nothing moves, so that a
 * document written back as it was read keeps its order.
 */
export function orderMessages(messages: Message[], startedAt: number): Message[] {
  const places = messages.map((message) => placeOf(message, startedAt))
  const timeless = places.some(({ time }) => time === undefined)
  let moved = false
  for (let work = 0; work <= MAX_WORK && !settle(places); work += places.length) {
    moved = true
    places.sort(comparePlaces)
    if (!timeless) break
  }
  return moved ? places.map(({ message }) => message) : messages
}

function placeOf(message: Message, startedAt: number): Place {
  return { message, time: timeOf(message, startedAt), at: 0, recording: 0, index: 0 }
}

function timeOf({ message_start_at, start_time }: Message, startedAt: number): number | undefined {
  if (message_start_at !== undefined) return parseInstant(message_start_at)
  return start_time === undefined ? undefined : startedAt + Math.round(start_time * SECOND)
}

/** Before the first: any other time could put somebody in front of a message that has nobody before it. */
const FRONT = { at: Number.NEGATIVE_INFINITY, recording: -1, index: -1 }
const ABSENT = { recording: -1, index: -1 }

/** Gives each place what it is sorted by, from the places as they stand now. True where they are in order. */
function settle(places: Place[]): boolean {
  let sorted = true
  let before: Key = FRONT
  for (const place of places) {
    const { message, time } = place
    const others = time === undefined ? before : ABSENT
    place.at = time ?? before.at
    place.recording = message.recording_index ?? others.recording
    place.index = message.message_index ?? others.index
    if (comparePlaces(before, place) > 0) sorted = false
    before = place
  }
  return sorted
}

function comparePlaces(a: Key, b: Key): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  if (a.recording !== b.recording) return a.recording - b.recording
  return a.index - b.index
}
