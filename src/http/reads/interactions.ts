import { cursorKeyName } from '../../interaction/cursor.ts'
import { EARLIEST, formatInstant, LATEST } from '../../interaction/instant.ts'
import { openInteractionsCursor, sealInteractionsCursor } from '../../interaction/interactions-cursor.ts'
import { type InteractionsRequest, readInteractionsQuery } from '../../interaction/interactions-query.ts'
import { MAX_PAGE_BYTES } from '../../interaction/limits.ts'
import { DEFAULT_PER_PAGE } from '../../interaction/listing-query.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { matchesNone, weakEtag } from '../etag.ts'
import { pageTypeFor, takesGzip } from '../negotiate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { type ListingQuery, PAGE_FORMAT, pageAnswer, type ReadListing } from './listing.ts'

export const INTERACTIONS_PATH = '/v1/interactions'

/** Reads pages of all interactions that have ended, or of those that are open. */
export function interactionsReader(
  { store, keyring, publicUrl }: Dependencies,
  metrics: Metrics,
): ReadListing {
  return async (path, query, { principal, headers, admission }) => {
    const { accountId, revision } = principal
    const keys = keyring.cursorKeys()
    const reading = readInteractionsQuery(query, (cursor) => openInteractionsCursor(keys, accountId, cursor))
    if (!reading.ok) throw new ApiError('invalidQuery', { fields: reading.problems })
    const mediaType = pageTypeFor(headers)
    if (mediaType === undefined) throw new ApiError('notAcceptable')

    const base = publicUrl() + path
    const self = selfLink(base, query, reading.request)
    // Every word to an open one takes a revision, too. It was read before the page: a newer page is sent again.
    const etag = weakEtag([PAGE_FORMAT, accountId, self, revision, cursorKeyName(keys.current)])
    const answered: Record<string, string> = { vary: 'Accept-Encoding', 'cache-control': 'private', etag }
    if (matchesNone(headers['if-none-match'], etag)) return { status: 304, headers: answered }
    const { state, window, after, perPage } = reading.request
    await admission.enter()
    const asked = { window, after, limit: perPage, maxBytes: MAX_PAGE_BYTES, atLeast: revision }
    const listing = await (state === 'open'
      ? store.listOpen(accountId, asked)
      : store.listInteractions(accountId, asked))
    const next =
      listing.next &&
      `${base}?cursor=${sealInteractionsCursor(keys, accountId, { state, window, perPage, after: listing.next })}`
    answered['content-type'] = mediaType
    return pageAnswer(listing, { self, next }, answered, takesGzip(headers), metrics)
  }
}

/** The link to this very page: the cursor as it came, or what it was asked for; ends that are open are left out. */
function selfLink(base: string, query: ListingQuery, request: InteractionsRequest): string {
  if (query.cursor !== undefined) return `${base}?cursor=${query.cursor}`
  const { state, window, perPage } = request
  const bounds = [
    ...(window.from === EARLIEST ? [] : [`interaction_started=${formatInstant(window.from)}`]),
    ...(window.to === LATEST ? [] : [`interaction_ended=${formatInstant(window.to)}`]),
    ...(perPage === DEFAULT_PER_PAGE ? [] : [`per_page=${perPage}`]),
  ]
  return `${base}?${[`state=${state}`, ...bounds].join('&')}`
}
