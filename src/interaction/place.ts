import type { Window } from './window.ts'

/**
 * Where an interaction stands in the listing: by its start, in microseconds since 1970, then by its id. No two of
 * an account share a place, and no id is empty, so an empty one stands before all that start at the same time.
 */
export interface Place {
  startedAt: number
  id: string
}

/** Negative where `a` stands before `b`: ids compare by their UTF-8 bytes, as stores compare them. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt
  return a.id === b.id ? 0 : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
}

/** The place that a listing goes on behind. No id is empty, so there is one before everything that starts with the range. */
export function startOf(window: Window, after: Place | undefined): Place {
  return after !== undefined && after.startedAt >= window.from ? after : { startedAt: window.from, id: '' }
}
