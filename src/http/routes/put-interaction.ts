import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Draft, readInteraction } from '../../interaction/document.ts'
import { parseLossless } from '../../interaction/lossless.ts'
import type { Problem } from '../../interaction/problems.ts'
import { WrittenInteractionSchema } from '../../interaction/schema.ts'
import type { Precondition } from '../../store/store.ts'
import { bodyText, parseJson } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { revisionEtag, revisionsIn } from '../etag.ts'
import { refuseOtherMethods } from '../methods.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { errorResponses, WriteResultSchema } from '../schemas.ts'
import { IdParameters, idOf } from './interaction-id.ts'
import { faultDetails, rejectionError } from './rejection.ts'
import { UnknownQuery, unknownOf } from './unknown.ts'

/** Twice the largest document: white space and escapes make the body longer than what is kept. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** `PUT /v1/interactions/{id}`: one interaction, replaced as a whole. */
export function putInteraction(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.put(
    '/v1/interactions/:id',
    { schema: SCHEMA, onRequest: requireScope(deps.verify, 'interactions:write') },
    async (request, reply) => {
      const id = idOf(request)
      const precondition = preconditionOf(request)
      const { draft, warnings } = await readBody(request, id)
      const [result] = await deps.store.writeInteractions(accountOf(request), [draft], {
        preconditions: [precondition],
      })
      if (result === undefined) throw new Error('the store gave no result')
      metrics.written.inc({ outcome: result.outcome })
      if (result.outcome === 'rejected') throw rejectionError(result.reason)

      const { outcome, revision } = result
      reply.headers({ etag: revisionEtag(revision, false), 'parlance-revision': String(revision) })
      if (outcome === 'created') {
        reply.code(201).header('location', `${deps.publicUrl()}/v1/interactions/${encodeURIComponent(id)}`)
      }
      return { id, result: outcome, revision, ...(warnings.length > 0 && { warnings }) }
    },
  )
  refuseOtherMethods(app, '/v1/interactions/:id', ['GET', 'HEAD', 'PUT'])
}

async function readBody(request: FastifyRequest, id: string): Promise<{ draft: Draft; warnings: Problem[] }> {
  const keepUnknownValues = unknownOf(request)
  const text = await bodyText(request, MAX_BODY_BYTES)
  const options = { keepUnknownValues, id, lossless: () => parseLossless(text) }
  const reading = readInteraction(parseJson(text), options)
  if (reading.ok) return reading
  throw new ApiError(reading.tooLarge ? 'bodyTooLarge' : 'invalidBody', faultDetails(reading.problems))
}

/** `If-Match` and `If-None-Match` (RFC 9110, 13.1): the interaction must be at a revision, be there, or be new. */
function preconditionOf(request: FastifyRequest): Precondition | undefined {
  const { 'if-match': match, 'if-none-match': none } = request.headers
  if (match !== undefined) {
    const revisions = revisionsIn('if-match', match)
    return revisions === '*' ? 'exists' : { revisions }
  }
  if (none === undefined) return undefined
  if (none.trim() === '*') return 'absent'
  const fields = [{ name: 'if-none-match', description: 'must be * when writing' }]
  throw new ApiError('invalidRequest', { fields })
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'putInteraction',
  summary: 'Write one interaction',
  description:
    'Replaces the interaction; `messages` absent keeps the stored ones. The same content again changes nothing. ' +
    'Without `ended_at` it is open; one that has ended cannot be opened again (409). `If-Match` with the `ETag` of an ' +
    'earlier read makes the write depend on nobody having changed it since (412); `If-None-Match: *` only creates.',
  security: [{ bearer: ['interactions:write'] }],
  params: IdParameters,
  querystring: UnknownQuery,
  consumes: ['application/json'],
  body: WrittenInteractionSchema,
  response: {
    200: { description: 'Updated, or unchanged.', ...jsonOf(WriteResultSchema) },
    201: { description: 'Created.', ...jsonOf(WriteResultSchema) },
    ...errorResponses(
      'invalidBody',
      'unauthenticated',
      'forbidden',
      'reopened',
      'preconditionFailed',
      'bodyTooLarge',
      'unsupportedMediaType',
      'rateLimited',
    ),
  },
}

function jsonOf(schema: unknown) {
  return { content: { 'application/json': { schema } } }
}
