import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { cursorKeyName } from '../../interaction/cursor.ts'
import { formatInstant } from '../../interaction/instant.ts'
import { MAX_PAGE_BYTES } from '../../interaction/limits.ts'
import {
  DEFAULT_PER_PAGE,
  type ListingRequest,
  MAX_PER_PAGE,
  readListingQuery,
} from '../../interaction/listing-query.ts'
import { gzipPage, plainPage } from '../../interaction/page.ts'
import type { Listing } from '../../store/store.ts'
import { admit } from '../answers.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { matchesNone, weakEtag } from '../etag.ts'
import { CURSOR, PAGE } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { pageTypeFor, takesGzip } from '../negotiate.ts'
import { principalOf, requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { RememberedCursors } from '../remembered-cursors.ts'
import { errorResponses, PageSchema } from '../schemas.ts'
import { sendBytes } from '../send-bytes.ts'

/** Contract A1: the same listing on both paths. */
const PATHS = ['/conversations/interactions', '/interactions']

/** Part of every tag: to be raised when the same documents would make another page. */
const PAGE_FORMAT = 1

export function listInteractions(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  const cursors = new RememberedCursors(deps.keyring.cursorKeys)
  for (const url of PATHS) {
    app.route({
      method: 'GET',
      url,
      schema: {
        ...SCHEMA,
        ...(url === '/interactions' ? SHORT_PATH : {}),
      },
      onRequest: requireScope(deps.verify, 'interactions-public:read'),
      handler: (request, reply) => answer(request, reply, { path: url, deps, cursors, metrics }),
    })
    refuseOtherMethods(app, url, ['GET', 'HEAD'])
  }
}

/** What one of the two paths answers from. */
interface Route {
  path: string
  deps: Dependencies
  cursors: RememberedCursors
  metrics: Metrics
}

async function answer(request: FastifyRequest, reply: FastifyReply, route: Route): Promise<unknown> {
  const { deps, cursors } = route
  const { accountId, revision } = principalOf(request)
  const query = request.query as Record<string, unknown>
  const openCursor = (cursor: string) => cursors.open(accountId, cursor)
  const reading = readListingQuery(query, { openCursor, now: deps.now() * 1000 })
  if (!reading.ok) throw new ApiError('invalidQuery', { fields: reading.problems })
  const mediaType = pageTypeFor(request.raw)
  if (mediaType === undefined) throw new ApiError('notAcceptable')

  const base = deps.publicUrl() + route.path
  const self = selfLink(base, query, reading.request)
  reply.header('vary', 'Accept-Encoding').header('cache-control', 'private')
  if (reading.request.repeatable) {
    // The revision was read before the page: one that is newer than its tag is sent again, never kept too long.
    const etag = weakEtag([
      PAGE_FORMAT,
      accountId,
      self,
      revision,
      cursorKeyName(deps.keyring.cursorKeys().current),
    ])
    reply.header('etag', etag)
    if (matchesNone(request.headers['if-none-match'], etag)) return reply.code(304).send()
  }
  const { window, after, perPage } = reading.request
  await admit(request, reply)
  const listing = await deps.store.listInteractions(accountId, {
    window,
    after,
    limit: perPage,
    maxBytes: MAX_PAGE_BYTES,
  })
  // A cursor needs no encoding in a URL: it is base64url.
  const next =
    listing.next && `${base}?cursor=${cursors.seal(accountId, { window, perPage, after: listing.next })}`
  return send(request, reply.type(mediaType), listing, { self, next }, route.metrics)
}

/** The link to this very page: the cursor as it came (one that opens is base64url), or the resolved range. */
function selfLink(base: string, query: Record<string, unknown>, request: ListingRequest): string {
  if (query.cursor !== undefined) return `${base}?cursor=${query.cursor}`
  const { window, perPage } = request
  const range = `interaction_started=${formatInstant(window.from)}&interaction_ended=${formatInstant(window.to)}`
  return `${base}?${range}${perPage === DEFAULT_PER_PAGE ? '' : `&per_page=${perPage}`}`
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { blocks, count, free }: Listing,
  links: { self: string; next?: string },
  metrics: Metrics,
): FastifyReply {
  const gzip = takesGzip(request.raw)
  metrics.pages.inc({ encoding: gzip ? 'gzip' : 'identity' })
  metrics.pageDocuments.inc(count)
  if (gzip) reply.header('content-encoding', 'gzip')
  const page = gzip ? gzipPage(blocks, links) : plainPage(blocks, links)
  free()
  return sendBytes(reply, page)
}

const ETAG = 'W/"4nq0Pq0mYkQd3n1v9bq3Yg"'
const CACHING = {
  ETag: {
    type: 'string',
    description: 'Stands for this very page; given where both bounds or a cursor were.',
    examples: [ETAG],
  },
  'Cache-Control': {
    type: 'string',
    description: 'Only for the one who asked.',
    examples: ['private'],
  },
  Vary: { type: 'string', description: 'Pages come plain or with gzip.', examples: ['Accept-Encoding'] },
}

const SCHEMA = {
  tags: ['Conversations'],
  operationId: 'listInteractions',
  summary: 'Retrieve all interactions',
  description:
    'All interactions of the account that started within a range of at most seven days, with their messages, in ' +
    'order of `started_at`, then `id`. Follow `_links.next.href` until there is none. Neither bound given: the ' +
    'seven days up to now; one given: seven days from or up to it.',
  security: [{ bearer: ['interactions-public:read'] }],
  querystring: Type.Object({
    interaction_started: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Start of the range, inclusive, tested against `started_at`. RFC 3339 with an offset.',
        examples: ['2023-06-16T00:00:02Z'],
      }),
    ),
    interaction_ended: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'End of the range of start times, inclusive, tested against `started_at` (not `ended_at`).',
        examples: ['2023-06-23T00:00:02Z'],
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        description: 'Continues a listing. It carries the range, so nothing else is needed.',
        examples: [CURSOR],
      }),
    ),
    per_page: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_PER_PAGE,
        default: DEFAULT_PER_PAGE,
        description: 'Interactions on a page, at most. A page also stops growing at 4 MiB.',
        examples: [2],
      }),
    ),
  }),
  headers: Type.Object({
    'If-None-Match': Type.Optional(
      Type.String({
        description: 'The `ETag` of an earlier answer: if the page is still the same, the answer is 304.',
        examples: [ETAG],
      }),
    ),
  }),
  response: {
    200: {
      description: 'A page. It is the last one where `_links` has no `next`.',
      headers: CACHING,
      content: {
        'application/hal+json': { schema: PageSchema, example: PAGE },
        'application/json': { schema: PageSchema, example: PAGE },
      },
    },
    304: {
      description: 'The page is still what the tag in `If-None-Match` stands for.',
      headers: CACHING,
      type: 'null',
    },
    ...errorResponses(
      new ApiError('invalidQuery', {
        fields: [
          {
            name: 'interaction_ended',
            description: 'lies more than seven days (7 x 24 hours) after interaction_started',
          },
        ],
      }),
      'unauthenticated',
      'forbidden',
      'notAcceptable',
      'rateLimited',
      'overloaded',
    ),
  },
}

const SHORT_PATH = {
  operationId: 'listInteractionsShort',
  summary: 'Retrieve all interactions (short path)',
  description: 'The same as `GET /conversations/interactions`; its links stay on this path.',
}
