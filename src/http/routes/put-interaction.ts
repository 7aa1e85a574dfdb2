import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { readInteraction } from '../../interaction/document.ts'
import { parseLossless } from '../../interaction/lossless.ts'
import type { Problem } from '../../interaction/problems.ts'
import type { Redaction } from '../../interaction/redact/interaction.ts'
import { WrittenInteractionSchema } from '../../interaction/schema.ts'
import type { Draft } from '../../interaction/serialise.ts'
import { collectAfter } from '../../memory.ts'
import type { Precondition, WriteResult } from '../../store/store.ts'
import { mediaTypeOf, parseJson, withBody } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { revisionEtag, revisionsIn } from '../etag.ts'
import { CHAT, ETAG, WRITE_RESULT } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import { countRedactions, type Metrics } from '../plugins/metrics.ts'
import { errorResponses, WriteResultSchema } from '../schemas.ts'
import { IdParameters, writtenIdOf } from './interaction-id.ts'
import { faultDetails, rejectionError } from './rejection.ts'
import { INVALID_UNKNOWN, UnknownQuery, unknownOf } from './unknown.ts'

/** Twice the largest document: white space and escapes make the body longer than what is kept. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** `PUT /v1/interactions/{id}`: one interaction, replaced as a whole. */
export function putInteraction(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.put(
    '/v1/interactions/:id',
    { schema: SCHEMA, onRequest: requireScope(deps.verify, 'interactions:write') },
    async (request, reply) => {
      const id = writtenIdOf(request)
      if (mediaTypeOf(request) !== 'application/json') throw new ApiError('unsupportedMediaType')
      const precondition = preconditionOf(request)
      const accountId = accountOf(request)
      const redaction = { redactor: await request.server.redactors.of(accountId), counts: {} }
      const read = (text: string) => readDraft(request, id, text, redaction)
      return withBody(request, MAX_BODY_BYTES, read, async ({ draft, warnings }, room) => {
        // Characters may take two bytes.
        if (!room.resize(2 * draft.json.length)) throw new ApiError('overloaded')
        collectAfter(draft.json.length)
        const [result] = await deps.store.writeInteractions(accountId, [draft], {
          preconditions: [precondition],
        })
        if (result === undefined) throw new Error('the store gave no result')
        metrics.written.inc({ outcome: result.outcome })
        countRedactions(metrics, redaction.counts)
        if (result.outcome === 'rejected') throw rejectionError(result.reason)
        return answer(reply, deps, id, result, warnings)
      })
    },
  )
  refuseOtherMethods(app, '/v1/interactions/:id', ['GET', 'HEAD', 'PUT'])
}

function answer(
  reply: FastifyReply,
  deps: Dependencies,
  id: string,
  { outcome, revision }: Exclude<WriteResult, { outcome: 'rejected' }>,
  warnings: Problem[],
) {
  const etag = revisionEtag(accountOf(reply.request), revision, false)
  reply.headers({ etag, 'parlance-revision': String(revision) })
  if (outcome === 'created') {
    reply.code(201).header('location', `${deps.publicUrl()}/v1/interactions/${encodeURIComponent(id)}`)
  }
  return { id, result: outcome, revision, ...(warnings.length > 0 && { warnings }) }
}

function readDraft(
  request: FastifyRequest,
  id: string,
  text: string,
  redaction: Redaction,
): { draft: Draft; warnings: Problem[] } {
  const keepUnknownValues = unknownOf(request)
  const options = { keepUnknownValues, id, redaction, lossless: () => parseLossless(text) }
  const reading = readInteraction(parseJson(text), options)
  if (reading.ok) return reading
  throw new ApiError(reading.tooLarge ? 'bodyTooLarge' : 'invalidBody', faultDetails(reading.problems))
}

/** `If-Match` and `If-None-Match` (RFC 9110, 13.1): the interaction must be at a revision, be there, or be new. */
function preconditionOf(request: FastifyRequest): Precondition | undefined {
  const { 'if-match': match, 'if-none-match': none } = request.headers
  if (match !== undefined) {
    const revisions = revisionsIn('if-match', match, accountOf(request))
    return revisions === '*' ? 'exists' : { revisions }
  }
  if (none === undefined) return undefined
  if (none.trim() === '*') return 'absent'
  const fields = [{ name: 'if-none-match', description: 'must be * when writing' }]
  throw new ApiError('invalidRequest', { fields })
}

const HEADERS = {
  ETag: { type: 'string', description: 'Its revision, for `If-Match`.', examples: [ETAG] },
  'Parlance-Revision': {
    type: 'integer',
    description: "The account's revision of its last change.",
    examples: [17],
  },
}
const LOCATION = {
  Location: {
    type: 'string',
    format: 'uri',
    description: 'Where it is read.',
    examples: [`https://parlance.example.com/v1/interactions/${CHAT.id}`],
  },
}

/** Like any written interaction, but its id is in the path already. */
const BodySchema = Type.Object(
  { ...WrittenInteractionSchema.properties, id: Type.Optional(WrittenInteractionSchema.properties.id) },
  {
    title: 'WrittenInteractionAtPath',
    description: 'An interaction as it is written; its `id` may be left out, since the path has it.',
    examples: [CHAT],
  },
)

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
  headers: Type.Object({
    'If-Match': Type.Optional(
      Type.String({
        description:
          'The `ETag` of an earlier answer: write only if nobody has changed it since. `*`: only if it is there.',
        examples: [ETAG],
      }),
    ),
    'If-None-Match': Type.Optional(
      Type.String({ enum: ['*'], description: 'Write only if it is not there yet.', examples: ['*'] }),
    ),
  }),
  consumes: ['application/json'],
  body: BodySchema,
  response: {
    200: { description: 'Updated, or unchanged.', headers: HEADERS, ...jsonOf(WRITE_RESULT) },
    201: {
      description: 'Created.',
      headers: { ...HEADERS, ...LOCATION },
      ...jsonOf({ ...WRITE_RESULT, result: 'created' }),
    },
    ...errorResponses(
      'invalidBody',
      INVALID_UNKNOWN,
      new ApiError('invalidRequest', {
        fields: [{ name: 'if-match', description: 'must be * or tags as they came in ETag' }],
      }),
      'unauthenticated',
      'forbidden',
      'reopened',
      'preconditionFailed',
      'bodyTooLarge',
      'urlTooLong',
      'unsupportedMediaType',
      'rateLimited',
      'overloaded',
    ),
  },
}

function jsonOf(example: object) {
  return { content: { 'application/json': { schema: WriteResultSchema, example } } }
}
