import { parseInstant, SECOND } from './instant.ts'
import type { Message } from './message.ts'

interface Place {
  at: number
  recording: number
  index: number
  message: Message
}

/**
 * Puts messages in the contract's order: by `message_start_at`, else `started_at` + `start_time`, else the
 * time of the message before; then `recording_index`, `message_index`, arrival. An absent index comes last.
 *
 * A message without a time takes its predecessor's, so sorting may hand it another predecessor. Sorting is
 * repeated until nothing moves, so that a document written back as it was read keeps its order.
 */
export function orderMessages(messages: Message[], startedAt: number): Message[] {
  let ordered = messages
  // Each round is linear on what is nearly sorted; the bound keeps a hostile document from taking minutes,
  // and is never reached below some 2,000 messages.
  for (let work = 0; work <= 5_000_000; work += ordered.length + 1) {
    const { places, sorted, timeless } = placesOf(ordered, startedAt)
    if (sorted) return ordered
    places.sort(comparePlaces)
    ordered = places.map((place) => place.message)
    if (!timeless) return ordered
  }
  return ordered
}

function placesOf(messages: Message[], startedAt: number) {
  const places: Place[] = []
  let sorted = true
  let timeless = false
  let before: Place | undefined
  for (const message of messages) {
    const own = timeOf(message, startedAt)
    if (own === undefined) timeless = true
    const place: Place = {
      // Without anybody before it, it stays in front: any other time could put somebody before it.
      at: own ?? before?.at ?? Number.NEGATIVE_INFINITY,
      recording: message.recording_index ?? Number.POSITIVE_INFINITY,
      index: message.message_index ?? Number.POSITIVE_INFINITY,
      message,
    }
    if (before !== undefined && comparePlaces(before, place) > 0) sorted = false
    places.push(place)
    before = place
  }
  return { places, sorted, timeless }
}

function timeOf(message: Message, startedAt: number): number | undefined {
  if (message.message_start_at !== undefined) return parseInstant(message.message_start_at)
  if (message.start_time !== undefined) return startedAt + Math.round(message.start_time * SECOND)
  return undefined
}

function comparePlaces(a: Place, b: Place): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.recording !== b.recording) return a.recording < b.recording ? -1 : 1
  if (a.index !== b.index) return a.index < b.index ? -1 : 1
  return 0
}
