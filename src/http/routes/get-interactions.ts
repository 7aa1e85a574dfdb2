import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { STATES } from '../../interaction/interactions-cursor.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { CURSOR, OPEN_PAGE } from '../examples.ts'
import { principalOf, requireScope } from '../plugins/authenticate.ts'
import { readsOf } from '../reads/account-reads.ts'
import { INTERACTIONS_PATH } from '../reads/interactions.ts'
import type { ListingQuery, ReadListing } from '../reads/listing.ts'
import { READ_SCOPE } from '../reads/read.ts'
import { sendRead } from '../reads/send-read.ts'
import { AnyPageSchema, errorResponses } from '../schemas.ts'
import { IF_NONE_MATCH, PER_PAGE, pageResponses } from './page-description.ts'

/** `GET /v1/interactions`: all that have ended, or all that are open, without a limit of days. */
export function getInteractions(
  app: FastifyInstance,
  { verify, store }: Pick<Dependencies, 'verify' | 'store'>,
  read: ReadListing,
): void {
  app.get(
    INTERACTIONS_PATH,
    {
      schema: SCHEMA,
      config: { audit: { action: 'read', what: 'listing' } },
      onRequest: requireScope(verify, READ_SCOPE),
    },
    (request, reply) =>
      sendRead(
        (asked) => read(INTERACTIONS_PATH, request.query as ListingQuery, asked),
        readsOf(store, principalOf(request)),
        request,
        reply,
      ),
  )
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'getInteractions',
  summary: 'List interactions, also open ones',
  description:
    'Interactions of one state, in order of `started_at`, then `id`, over any range. Follow `_links.next.href` until there is ' +
    'none. An open one is as far as it has come: it has no `ended_at`.',
  security: [{ bearer: [READ_SCOPE] }],
  querystring: Type.Object({
    state: Type.Optional(
      Type.String({
        enum: [...STATES],
        default: 'ended',
        description: 'Those that have ended, or those that are open.',
        examples: ['open'],
      }),
    ),
    interaction_started: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Only those that started then or later. RFC 3339 with an offset.',
        examples: ['2023-06-16T00:00:02Z'],
      }),
    ),
    interaction_ended: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Only those that **started** then or earlier, as in the other listing.',
        examples: ['2024-06-16T00:00:02Z'],
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        description: 'Continues a listing. It carries state and range, so nothing else is needed.',
        examples: [CURSOR],
      }),
    ),
    per_page: PER_PAGE,
  }),
  headers: IF_NONE_MATCH,
  response: {
    ...pageResponses(AnyPageSchema, OPEN_PAGE),
    ...errorResponses(
      new ApiError('invalidQuery', {
        fields: [{ name: 'state', description: `must be ${STATES.join(' or ')}` }],
      }),
      'unauthenticated',
      'forbidden',
      'notAcceptable',
      'rateLimited',
      'overloaded',
    ),
  },
}
