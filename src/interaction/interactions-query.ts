import { EARLIEST, formatInstant, LATEST } from './instant.ts'
import { type InteractionState, type InteractionsPlace, STATES } from './interactions-cursor.ts'
import { checkBeside, DEFAULT_PER_PAGE, readCursor, readPerPage } from './listing-query.ts'
import type { Problem } from './problems.ts'
import { readBound, type Window } from './window.ts'

/** What is asked of all interactions of an account, resolved. */
export interface InteractionsRequest {
  state: InteractionState
  window: Window
  perPage: number
  after?: InteractionsPlace['after']
}

export type InteractionsQueryReading =
  | { ok: true; request: InteractionsRequest }
  | { ok: false; problems: Problem[] }

/**
 * Reads the query of a listing without a limit of days: a bound that is not given leaves that end open, so the same request
 * means the same range at any time. Parameters that it does not know are ignored.
 */
export function readInteractionsQuery(
  query: Readonly<Record<string, unknown>>,
  openCursor: (cursor: string) => InteractionsPlace | undefined,
): InteractionsQueryReading {
  const problems: Problem[] = []
  const perPage = readPerPage(query.per_page, problems)
  const state = readState(query.state, problems)
  if (query.cursor !== undefined) {
    const place = readCursor(query.cursor, openCursor, problems)
    if (place !== undefined) checkBeside(query, perPage, place, problems)
    if (place !== undefined && state !== undefined && state !== place.state) {
      problems.push({
        name: 'state',
        description: `differs from the cursor's (${place.state}): leave it out`,
      })
    }
    return place === undefined || problems.length > 0 ? { ok: false, problems } : { ok: true, request: place }
  }
  const from = readBound('interaction_started', query.interaction_started, problems) ?? EARLIEST
  const to = readBound('interaction_ended', query.interaction_ended, problems) ?? LATEST
  if (problems.length === 0 && from > to) {
    const description = `lies after interaction_ended (${formatInstant(to)})`
    problems.push({ name: 'interaction_started', description })
  }
  if (problems.length > 0) return { ok: false, problems }
  const request = { state: state ?? 'ended', window: { from, to }, perPage: perPage ?? DEFAULT_PER_PAGE }
  return { ok: true, request }
}

/** Undefined where it is not given, or cannot be used: then there is a problem. */
function readState(text: unknown, problems: Problem[]): InteractionState | undefined {
  if (text === undefined) return undefined
  const state = STATES.find((each) => each === text)
  if (state === undefined) {
    const description = Array.isArray(text) ? 'is given more than once' : `must be ${STATES.join(' or ')}`
    problems.push({ name: 'state', description })
  }
  return state
}
