import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { AnyInteractionSchema } from '../../interaction/schema.ts'
import { TRANSCRIPT_STATES } from '../../interaction/transcript.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { CHAT, ETAG } from '../examples.ts'
import { requireScope } from '../plugins/authenticate.ts'
import { readInteraction } from '../reads/interaction.ts'
import { READ_SCOPE } from '../reads/read.ts'
import { sendRead } from '../reads/send-read.ts'
import { errorResponses } from '../schemas.ts'
import { IdParameters, idOf } from './interaction-id.ts'

export const INTERACTION_PATH = '/v1/interactions/:id'

/** `GET /v1/interactions/{id}`: one, open or ended. */
export function getInteraction(app: FastifyInstance, deps: Dependencies): void {
  app.get(
    INTERACTION_PATH,
    {
      schema: SCHEMA,
      config: { audit: { action: 'read', what: 'interaction' } },
      onRequest: requireScope(deps.verify, READ_SCOPE),
    },
    async (request, reply) => {
      const id = idOf(request)
      return sendRead((asked) => readInteraction(deps, id, asked), request, reply)
    },
  )
}

const HEADERS = {
  ETag: {
    type: 'string',
    description: 'Its revision, for `If-Match` and `If-None-Match`.',
    examples: [ETAG],
  },
  'Parlance-Revision': {
    type: 'integer',
    description: "The account's revision of its last change.",
    examples: [17],
  },
  'Parlance-State': { type: 'string', enum: ['open', 'ended'], description: 'Whether it has ended.' },
  'Parlance-Transcript': {
    type: 'string',
    enum: [...TRANSCRIPT_STATES],
    description: 'How far its transcript is; only where its source has told.',
    examples: ['complete'],
  },
  'Cache-Control': { type: 'string', description: 'Only for the one who asked.', examples: ['private'] },
  Vary: { type: 'string', description: 'Answers come plain or with gzip.', examples: ['Accept-Encoding'] },
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'getInteraction',
  summary: 'Retrieve one interaction',
  description:
    'Open or ended. `Parlance-Revision`, `Parlance-State` and `Parlance-Transcript` tell what is not part of the interaction.',
  security: [{ bearer: ['interactions-public:read'] }],
  params: IdParameters,
  headers: Type.Object({
    'If-None-Match': Type.Optional(
      Type.String({
        description: 'The `ETag` of an earlier answer: if nothing has changed since, the answer is 304.',
        examples: [ETAG],
      }),
    ),
  }),
  response: {
    200: {
      description: 'The interaction.',
      headers: HEADERS,
      content: {
        'application/hal+json': { schema: AnyInteractionSchema, example: CHAT },
        'application/json': { schema: AnyInteractionSchema, example: CHAT },
      },
    },
    304: {
      description: 'It still has the revision that `If-None-Match` names.',
      headers: HEADERS,
      type: 'null',
    },
    ...errorResponses(
      new ApiError('invalidRequest', {
        fields: [{ name: 'if-none-match', description: 'must be * or tags as they came in ETag' }],
      }),
      'unauthenticated',
      'forbidden',
      'notFound',
      'notAcceptable',
      'urlTooLong',
      'rateLimited',
      'overloaded',
    ),
  },
}
