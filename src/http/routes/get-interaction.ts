import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { gzipDocument, plainDocument } from '../../interaction/page.ts'
import { InteractionSchema } from '../../interaction/schema.ts'
import { admit } from '../answers.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { revisionEtag, revisionsIn } from '../etag.ts'
import { CHAT, ETAG } from '../examples.ts'
import { documentTypeFor, takesGzip } from '../negotiate.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import { errorResponses } from '../schemas.ts'
import { sendBytes } from '../send-bytes.ts'
import { IdParameters, idOf } from './interaction-id.ts'

/** `GET /v1/interactions/{id}`: one, open or ended. */
export function getInteraction(app: FastifyInstance, deps: Dependencies): void {
  app.get(
    '/v1/interactions/:id',
    { schema: SCHEMA, onRequest: requireScope(deps.verify, 'interactions-public:read') },
    async (request, reply) => {
      const id = idOf(request)
      const mediaType = documentTypeFor(request.raw)
      if (mediaType === undefined) throw new ApiError('notAcceptable')
      const accountId = accountOf(request)
      await admit(request, reply)
      const stored = await deps.store.getInteraction(accountId, id)
      if (stored === undefined) throw new ApiError('notFound')

      const { document, revision, ended } = stored
      const gzip = takesGzip(request.raw)
      reply.headers({
        etag: revisionEtag(accountId, revision, gzip),
        vary: 'Accept-Encoding',
        'cache-control': 'private',
        'parlance-revision': String(revision),
        'parlance-state': ended ? 'ended' : 'open',
      })
      const known = request.headers['if-none-match']
      if (known !== undefined && isKnown(known, accountId, revision)) return reply.code(304).send()
      reply.type(mediaType)
      if (!gzip) return sendBytes(reply, plainDocument(document))
      return sendBytes(reply.header('content-encoding', 'gzip'), gzipDocument(document))
    },
  )
}

function isKnown(header: string, accountId: string, revision: number): boolean {
  const revisions = revisionsIn('if-none-match', header, accountId)
  return revisions === '*' || revisions.includes(revision)
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
  'Cache-Control': { type: 'string', description: 'Only for the one who asked.', examples: ['private'] },
  Vary: { type: 'string', description: 'Answers come plain or with gzip.', examples: ['Accept-Encoding'] },
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'getInteraction',
  summary: 'Retrieve one interaction',
  description:
    'Open or ended. `Parlance-Revision` and `Parlance-State` tell what is not part of the interaction.',
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
        'application/hal+json': { schema: InteractionSchema, example: CHAT },
        'application/json': { schema: InteractionSchema, example: CHAT },
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
