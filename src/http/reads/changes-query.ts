import { type ChangesPlace, openChangesCursor } from '../../interaction/changes-cursor.ts'
import type { CursorKeys } from '../../interaction/cursor.ts'
import { readPerPage } from '../../interaction/listing-query.ts'
import type { Problem } from '../../interaction/problems.ts'
import { ApiError } from '../errors.ts'

/** Seconds that a request is held at most until something comes. */
export const MAX_WAIT = 30
export const DEFAULT_CHANGES = 100

export interface ChangesRequest {
  /** The revision that the follower has. */
  after: number
  perPage: number
  /** Milliseconds. */
  wait: number
}

/** What a query of changes is read with. */
export interface ChangesContext {
  accountId: string
  keys: CursorKeys
  epoch: string
  /** The account's last revision. */
  revision: number
}

/** Reads the query; `resumeAt` is the cursor of `Last-Event-ID`, which goes before. ApiError where it cannot be read. */
export function readChangesQuery(
  query: Readonly<Record<string, unknown>>,
  context: ChangesContext,
  resumeAt?: string,
): ChangesRequest {
  const problems: Problem[] = []
  const perPage = readPerPage(query.per_page, problems) ?? DEFAULT_CHANGES
  const wait = readWait(query.wait, problems)
  const cursor = resumeAt === undefined || resumeAt === '' ? query.cursor : resumeAt
  const place = cursor === undefined ? undefined : readCursor(cursor, context, problems)
  const now = readFrom(query.from, problems)
  if (now && query.cursor !== undefined) {
    problems.push({ name: 'from', description: 'cannot stand beside a cursor: leave it out' })
  }
  if (problems.length > 0) throw new ApiError('invalidQuery', { fields: problems })
  if (place !== undefined) return { after: place.revision, perPage, wait }
  return { after: now ? context.revision : 0, perPage, wait }
}

/** ApiError `gone` for a cursor of another epoch, or from ahead of what there is. */
function readCursor(cursor: unknown, context: ChangesContext, problems: Problem[]): ChangesPlace | undefined {
  if (Array.isArray(cursor)) {
    problems.push({ name: 'cursor', description: 'is given more than once' })
    return undefined
  }
  const place = openChangesCursor(context.keys, context.accountId, String(cursor))
  if (place === undefined) {
    const description = 'is not a cursor of changes that was given out for this account'
    problems.push({ name: 'cursor', description })
    return undefined
  }
  if (place.epoch !== context.epoch || place.revision > context.revision) throw new ApiError('gone')
  return place
}

function readWait(text: unknown, problems: Problem[]): number {
  if (text === undefined) return 0
  const seconds = typeof text === 'string' && /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  if (seconds <= MAX_WAIT) return seconds * 1000
  problems.push({ name: 'wait', description: `must be a whole number of seconds from 0 to ${MAX_WAIT}` })
  return 0
}

function readFrom(text: unknown, problems: Problem[]): boolean {
  if (text === undefined) return false
  if (text !== 'now') problems.push({ name: 'from', description: 'must be now, or be left out' })
  return true
}
