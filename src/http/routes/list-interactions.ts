import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { CURSOR, PAGE } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { principalOf, requireScope } from '../plugins/authenticate.ts'
import { readsOf } from '../reads/account-reads.ts'
import type { ListingQuery, ReadListing } from '../reads/listing.ts'
import { READ_SCOPE } from '../reads/read.ts'
import { sendRead } from '../reads/send-read.ts'
import { errorResponses, PageSchema } from '../schemas.ts'
import { IF_NONE_MATCH, PER_PAGE, pageResponses } from './page-description.ts'

/** Contract A1: the same listing on both paths. */
export const LISTING_PATHS = ['/conversations/interactions', '/interactions']

export function listInteractions(
  app: FastifyInstance,
  { verify, store }: Pick<Dependencies, 'verify' | 'store'>,
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
        sendRead(
          (asked) => read(url, request.query as ListingQuery, asked),
          readsOf(store, principalOf(request)),
          request,
          reply,
        ),
    })
    refuseOtherMethods(app, url, ['GET', 'HEAD'])
  }
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
    per_page: PER_PAGE,
  }),
  headers: IF_NONE_MATCH,
  response: {
    ...pageResponses(PageSchema, PAGE),
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
