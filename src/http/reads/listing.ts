import { liesAmong } from '../../interaction/block.ts'
import { cursorKeyName } from '../../interaction/cursor.ts'
import { formatInstant } from '../../interaction/instant.ts'
import { MAX_PAGE_BYTES } from '../../interaction/limits.ts'
import { DEFAULT_PER_PAGE, type ListingRequest, readListingQuery } from '../../interaction/listing-query.ts'
import { gzipPage, type Links, plainPage } from '../../interaction/page.ts'
import type { Listing } from '../../store/store.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { matchesNone, weakEtag } from '../etag.ts'
import { pageTypeFor, takesGzip } from '../negotiate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { RememberedCursors } from '../remembered-cursors.ts'
import type { ReadAnswer, ReadRequest } from './read.ts'

/** Part of every tag: to be raised when the same documents would make another page. */
export const PAGE_FORMAT = 1

export type ListingQuery = Readonly<Record<string, unknown>>

/** Reads the page that a query asks for. Its links stay on `path`, on which it was asked for. */
export type ReadListing = (path: string, query: ListingQuery, request: ReadRequest) => Promise<ReadAnswer>

export function listingReader(
  { keyring, publicUrl, now }: Pick<Dependencies, 'keyring' | 'publicUrl' | 'now'>,
  metrics: Metrics,
): ReadListing {
  const cursors = new RememberedCursors(keyring.cursorKeys)

  return async (path, query, { reads, headers, admission }) => {
    const { accountId } = reads
    const openCursor = (cursor: string) => cursors.open(accountId, cursor)
    const reading = readListingQuery(query, { openCursor, now: now() * 1000 })
    if (!reading.ok) throw new ApiError('invalidQuery', { fields: reading.problems })
    const mediaType = pageTypeFor(headers)
    if (mediaType === undefined) throw new ApiError('notAcceptable')

    const base = publicUrl() + path
    const self = selfLink(base, query, reading.request)
    const answered: Record<string, string> = { vary: 'Accept-Encoding', 'cache-control': 'private' }
    const { window, after, perPage, repeatable } = reading.request
    // The revision is read before the page: one that is newer than its tag is sent again, never kept too long.
    const etagAt = (revision: number) => {
      const key = cursorKeyName(keyring.cursorKeys().current)
      return weakEtag([PAGE_FORMAT, accountId, self, revision, key])
    }
    const known = headers['if-none-match']
    if (repeatable && known !== undefined) {
      const etag = etagAt(await reads.revision())
      if (matchesNone(known, etag)) return { status: 304, headers: { ...answered, etag } }
    }
    await admission.enter()
    const asked = { window, after, limit: perPage, maxBytes: MAX_PAGE_BYTES }
    const { revision, listing } = await reads.listing(asked)
    if (repeatable) answered.etag = etagAt(revision)
    // A cursor needs no encoding in a URL: it is base64url.
    const next =
      listing.next && `${base}?cursor=${cursors.seal(accountId, { window, perPage, after: listing.next })}`
    answered['content-type'] = mediaType
    return pageAnswer(listing, { self, next }, answered, takesGzip(headers), metrics)
  }
}

/** A page of documents, whose memory is given back; `answered` are the headers so far. */
export function pageAnswer(
  listing: Listing,
  links: Links,
  answered: Record<string, string>,
  gzip: boolean,
  metrics: Metrics,
): ReadAnswer {
  metrics.pages.inc({ encoding: gzip ? 'gzip' : 'identity' })
  metrics.pageDocuments.inc(listing.count)
  if (gzip) answered['content-encoding'] = 'gzip'
  const body = (gzip ? gzipPage : plainPage)(listing.blocks, links)
  if (!liesAmong(body, listing.blocks)) listing.free()
  return { status: 200, headers: answered, body, told: { count: listing.count } }
}

/** The link to this very page: the cursor as it came (one that opens is base64url), or the resolved range. */
function selfLink(base: string, query: ListingQuery, request: ListingRequest): string {
  if (query.cursor !== undefined) return `${base}?cursor=${query.cursor}`
  const { window, perPage } = request
  const range = `interaction_started=${formatInstant(window.from)}&interaction_ended=${formatInstant(window.to)}`
  return `${base}?${range}${perPage === DEFAULT_PER_PAGE ? '' : `&per_page=${perPage}`}`
}
