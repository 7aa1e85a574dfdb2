import { formatInstant } from './instant.ts'
import type { ListingPlace } from './listing-cursor.ts'
import type { Problem } from './problems.ts'
import { readBound, resolveWindow, type Window } from './window.ts'

/** What a listing request asks for, resolved. */
export interface ListingRequest {
  window: Window
  perPage: number
  after?: ListingPlace['after']
  /** Whether the same request will mean the same range tomorrow: both bounds or a cursor were given. */
  repeatable: boolean
}

export type ListingQueryReading = { ok: true; request: ListingRequest } | { ok: false; problems: Problem[] }

type Query = Readonly<Record<string, unknown>>

export const DEFAULT_PER_PAGE = 50
export const MAX_PER_PAGE = 500

/** Opens a cursor of the account that asks; undefined for what is none. */
type OpenCursor = (cursor: string) => ListingPlace | undefined

/**
 * Reads the query of a listing. Parameters that it does not know are ignored. `now` in microseconds since 1970.
 */
export function readListingQuery(
  query: Query,
  context: { openCursor: OpenCursor; now: number },
): ListingQueryReading {
  const problems: Problem[] = []
  const perPage = readPerPage(query.per_page, problems)
  const place =
    query.cursor === undefined ? undefined : readCursor(query.cursor, context.openCursor, problems)
  if (query.cursor !== undefined) {
    if (place !== undefined) checkBeside(query, perPage, place, problems)
    if (problems.length > 0 || place === undefined) return { ok: false, problems }
    return { ok: true, request: { ...place, repeatable: true } }
  }
  const reading = resolveWindow(query.interaction_started, query.interaction_ended, context.now)
  if (!reading.ok) return { ok: false, problems: [...reading.problems, ...problems] }
  if (problems.length > 0) return { ok: false, problems }
  const { window, given } = reading
  return { ok: true, request: { window, perPage: perPage ?? DEFAULT_PER_PAGE, repeatable: given === 'both' } }
}

/** Undefined where it cannot be used: then there is a problem. */
export function readCursor<Place extends ListingPlace>(
  cursor: unknown,
  open: (cursor: string) => Place | undefined,
  problems: Problem[],
): Place | undefined {
  if (Array.isArray(cursor)) {
    problems.push({ name: 'cursor', description: 'is given more than once' })
    return undefined
  }
  const place = open(String(cursor))
  if (place === undefined) {
    problems.push({ name: 'cursor', description: 'is not a cursor that was given out for this account' })
  }
  return place
}

/** A cursor holds the range and the page size; the same ones may stand beside it, others may not. */
export function checkBeside(
  query: Query,
  perPage: number | undefined,
  place: ListingPlace,
  problems: Problem[],
): void {
  const bounds = { interaction_started: place.window.from, interaction_ended: place.window.to }
  for (const [name, bound] of Object.entries(bounds)) {
    const given = readBound(name, query[name], problems)
    if (given !== undefined && given !== bound) {
      const description = `differs from the cursor's range (${formatInstant(bound)}): leave it out`
      problems.push({ name, description })
    }
  }
  if (perPage !== undefined && perPage !== place.perPage) {
    problems.push({
      name: 'per_page',
      description: `differs from the cursor's (${place.perPage}): leave it out`,
    })
  }
}

/** Undefined where it is not given, or cannot be used: then there is a problem. */
export function readPerPage(text: unknown, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined
  if (Array.isArray(text)) {
    problems.push({ name: 'per_page', description: 'is given more than once' })
    return undefined
  }
  const perPage = /^\d{1,3}$/.test(String(text)) ? Number(text) : 0
  if (perPage >= 1 && perPage <= MAX_PER_PAGE) return perPage
  problems.push({ name: 'per_page', description: `must be a whole number from 1 to ${MAX_PER_PAGE}` })
  return undefined
}
