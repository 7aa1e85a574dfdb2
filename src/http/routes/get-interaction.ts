import type { FastifyInstance } from 'fastify'
import { gzipDocument, plainDocument } from '../../interaction/page.ts'
import { InteractionSchema } from '../../interaction/schema.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { revisionEtag, revisionsIn } from '../etag.ts'
import { mediaTypeFor, takesGzip } from '../negotiate.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import { errorResponses } from '../schemas.ts'
import { IdParameters, idOf } from './interaction-id.ts'

/** `GET /v1/interactions/{id}`: one, open or ended. */
export function getInteraction(app: FastifyInstance, deps: Dependencies): void {
  app.get(
    '/v1/interactions/:id',
    { schema: SCHEMA, onRequest: requireScope(deps.verify, 'interactions-public:read') },
    async (request, reply) => {
      const id = idOf(request)
      const mediaType = mediaTypeFor(request.raw)
      if (mediaType === undefined) throw new ApiError('notAcceptable')
      const stored = await deps.store.getInteraction(accountOf(request), id)
      if (stored === undefined) throw new ApiError('notFound')

      const { document, revision, ended } = stored
      const gzip = takesGzip(request.raw)
      reply.headers({
        etag: revisionEtag(revision, gzip),
        vary: 'Accept-Encoding',
        'cache-control': 'private',
        'parlance-revision': String(revision),
        'parlance-state': ended ? 'ended' : 'open',
      })
      const known = request.headers['if-none-match']
      if (known !== undefined && isKnown(known, revision)) return reply.code(304).send()
      reply.type(mediaType)
      if (!gzip) return reply.send(plainDocument(document))
      return reply.header('content-encoding', 'gzip').send(gzipDocument(document))
    },
  )
}

function isKnown(header: string, revision: number): boolean {
  const revisions = revisionsIn('if-none-match', header.replaceAll('W/', ''))
  return revisions === '*' || revisions.includes(revision)
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'getInteraction',
  summary: 'Retrieve one interaction',
  description:
    'Open or ended. `Parlance-Revision` and `Parlance-State` tell what is not part of the interaction.',
  security: [{ bearer: ['interactions-public:read'] }],
  params: IdParameters,
  response: {
    200: {
      description: 'The interaction.',
      headers: {
        ETag: { type: 'string', description: 'Its revision; for `If-Match`.' },
        'Parlance-Revision': { type: 'integer', description: "The account's revision of its last change." },
        'Parlance-State': { type: 'string', description: '`open` or `ended`.' },
      },
      content: {
        'application/hal+json': { schema: InteractionSchema },
        'application/json': { schema: InteractionSchema },
      },
    },
    304: { description: 'It has the revision that `If-None-Match` names.', type: 'null' },
    ...errorResponses(
      'invalidRequest',
      'unauthenticated',
      'forbidden',
      'notFound',
      'notAcceptable',
      'rateLimited',
    ),
  },
}
