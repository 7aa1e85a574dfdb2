import type { ServerResponse } from 'node:http'
import type { Principal } from '../../auth/verify.ts'
import { epochOf } from '../../feed/epoch.ts'
import type { Watch } from '../../feed/watch.ts'
import { sealChangesCursor } from '../../interaction/changes-cursor.ts'
import { changesPage } from '../../interaction/changes-page.ts'
import { MAX_PAGE_BYTES } from '../../interaction/limits.ts'
import type { Dependencies } from '../dependencies.ts'
import { takesGzip } from '../negotiate.ts'
import { type ChangesRequest, readChangesQuery } from './changes-query.ts'
import type { ListingQuery } from './listing.ts'
import type { ReadAnswer, ReadRequest } from './read.ts'

/** One follower's sight of its account's changes. */
export interface Follower {
  accountId: string
  request: ChangesRequest
  /** The cursor of whoever has everything up to a revision. */
  cursorAt(revision: number): string
  signal: AbortSignal
}

/** Reads who follows, and from where. ApiError `invalidQuery`, or `gone`. */
export async function followerOf(
  { store, keyring }: Pick<Dependencies, 'store' | 'keyring'>,
  query: ListingQuery,
  { principal, headers }: Pick<ReadRequest, 'headers'> & { principal: Principal },
  response: ServerResponse,
): Promise<Follower> {
  const { accountId, revision } = principal
  const epoch = await epochOf(store)
  const keys = keyring.cursorKeys()
  const last = headers['last-event-id']
  const resumeAt = typeof last === 'string' ? last : undefined
  const request = readChangesQuery(query, { accountId, keys, epoch, revision }, resumeAt)
  const leaving = new AbortController()
  response.once('close', () => leaving.abort())
  const cursorAt = (at: number) => sealChangesCursor(keys, accountId, { revision: at, epoch })
  return { accountId, request, cursorAt, signal: leaving.signal }
}

/** A page of changes; with `wait` it is held until there is one, for as long as was asked. */
export async function readChanges(
  { store, watch }: { store: Dependencies['store']; watch: Watch },
  { accountId, request, cursorAt, signal }: Follower,
  { headers, admission }: Pick<ReadRequest, 'headers' | 'admission'>,
): Promise<ReadAnswer> {
  const { after, perPage, wait } = request
  if (wait > 0) await watch.changed(accountId, after, wait, signal)
  await admission.enter()
  const page = await store.listChanges(accountId, { after, limit: perPage, maxBytes: MAX_PAGE_BYTES })
  const gzip = takesGzip(headers)
  const end = { cursor: cursorAt(page.reached), endOfStream: !page.more }
  const body = changesPage(page.changes, end, gzip)
  page.free()
  const told = { count: page.changes.length }
  return {
    status: 200,
    headers: {
      vary: 'Accept, Accept-Encoding',
      'cache-control': 'private, no-cache',
      'content-type': 'application/json',
      ...(gzip && { 'content-encoding': 'gzip' }),
    },
    body,
    told,
  }
}
