import { DAY, formatInstant, parseInstant } from './instant.ts'
import type { Problem } from './problems.ts'

/** A range of start times in microseconds since 1970, both ends included. */
export interface Window {
  from: number
  to: number
}

/** The longest range of one listing; exactly this much is allowed. */
export const MAX_WINDOW = 7 * DAY

const MIN_LENGTH = '2023-06-16T00:00:02Z'.length

export type WindowReading =
  | { ok: true; window: Window; given: 'both' | 'one' | 'none' }
  | { ok: false; problems: Problem[] }

/**
 * Resolves `interaction_started` and `interaction_ended` against the clock (`now`, microseconds since 1970).
 * Neither given: the seven days up to now. One given: seven days from or up to it; an end that was not given
 * is never past now, nor before the start, so a start in the future gives an empty range and no error.
 */
export function resolveWindow(started: unknown, ended: unknown, now: number): WindowReading {
  const problems: Problem[] = []
  const from = readBound('interaction_started', started, problems)
  const to = readBound('interaction_ended', ended, problems)
  if (problems.length > 0) return { ok: false, problems }
  if (from !== undefined && to !== undefined) return bothGiven(from, to)
  if (from !== undefined) {
    return { ok: true, given: 'one', window: { from, to: Math.max(from, Math.min(from + MAX_WINDOW, now)) } }
  }
  if (to !== undefined) return { ok: true, given: 'one', window: { from: to - MAX_WINDOW, to } }
  return { ok: true, given: 'none', window: { from: now - MAX_WINDOW, to: now } }
}

function bothGiven(from: number, to: number): WindowReading {
  if (from > to) {
    return failure('interaction_started', `lies after interaction_ended (${formatInstant(to)})`)
  }
  if (to - from > MAX_WINDOW) {
    return failure('interaction_ended', 'lies more than seven days (7 x 24 hours) after interaction_started')
  }
  return { ok: true, given: 'both', window: { from, to } }
}

/** Reads one bound; undefined where it was not given or is at fault (then a problem is added). */
export function readBound(name: string, text: unknown, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined
  if (Array.isArray(text)) {
    problems.push({ name, description: 'is given more than once' })
    return undefined
  }
  const instant = typeof text === 'string' && text.length >= MIN_LENGTH ? parseInstant(text) : undefined
  if (instant === undefined) problems.push({ name, description: unreadable(String(text)) })
  return instant
}

function unreadable(text: string): string {
  // A form-decoded `+` is a space: by far the most common fault, so it gets a sentence of its own.
  if (/^\S+ \d{2}:\d{2}$/.test(text)) return 'has a space where its offset begins: write + as %2B in a URL'
  return 'must be an RFC 3339 date-time with an offset, such as 2023-06-16T00:00:02Z'
}

function failure(name: string, description: string): WindowReading {
  return { ok: false, problems: [{ name, description }] }
}
