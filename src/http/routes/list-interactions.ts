import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { DEFAULT_PER_PAGE, MAX_PER_PAGE } from '../../interaction/listing-query.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { CURSOR, PAGE } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { requireScope } from '../plugins/authenticate.ts'
import type { ListingQuery, ReadListing } from '../reads/listing.ts'
import { READ_SCOPE } from '../reads/read.ts'
import { sendRead } from '../reads/send-read.ts'
import { errorResponses, PageSchema } from '../schemas.ts'

/** Contract A1: the same listing on both paths. */
export const LISTING_PATHS = ['/conversations/interactions', '/interactions']

export function listInteractions(
  app: FastifyInstance,
  { verify }: Pick<Dependencies, 'verify'>,
  read: ReadListing,
): void {
  for (const url of LISTING_PATHS) {
    app.route({
      method: 'GET',
      url,
      schema: {
        ...SCHEMA,
        ...(url === '/interactions' ? SHORT_PATH : {}),
      },
      config: { audit: { action: 'read', what: 'listing' } },
      onRequest: requireScope(verify, READ_SCOPE),
      handler: (request, reply) =>
        sendRead((asked) => read(url, request.query as ListingQuery, asked), request, reply),
    })
    refuseOtherMethods(app, url, ['GET', 'HEAD'])
  }
}

const ETAG = 'W/"4nq0Pq0mYkQd3n1v9bq3Yg"'
export const CACHING = {
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

export const IF_NONE_MATCH = Type.Object({
  'If-None-Match': Type.Optional(
    Type.String({
      description: 'The `ETag` of an earlier answer: if the page is still the same, the answer is 304.',
      examples: [ETAG],
    }),
  ),
})

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
  headers: IF_NONE_MATCH,
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
