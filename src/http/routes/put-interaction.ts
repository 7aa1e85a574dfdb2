import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { readInteraction } from '../../interaction/document.ts'
import { parseLossless } from '../../interaction/lossless.ts'
import type { Problem } from '../../interaction/problems.ts'
import type { Redaction } from '../../interaction/redact/interaction.ts'
import { WrittenInteractionSchema } from '../../interaction/schema.ts'
import type { Draft } from '../../interaction/serialise.ts'
import { collectAfter } from '../../memory.ts'
import { mediaTypeOf, parseJson, withBody } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { CHAT } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { tell } from '../plugins/audit.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import { countRedactions, type Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import { IdParameters, writtenIdOf } from './interaction-id.ts'
import { INVALID_PRECONDITION, PRECONDITIONS, preconditionOf } from './precondition.ts'
import { faultDetails, rejectionError } from './rejection.ts'
import { INVALID_TRANSCRIPT, TRANSCRIPT_HEADER, transcriptOf } from './transcript.ts'
import { INVALID_UNKNOWN, UnknownQuery, unknownOf } from './unknown.ts'
import { WRITE_RESPONSES, writeAnswer } from './write-answer.ts'

/** Twice the largest document: white space and escapes make the body longer than what is kept. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024

/** `PUT /v1/interactions/{id}`: one interaction, replaced as a whole. */
export function putInteraction(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.put(
    '/v1/interactions/:id',
    {
      schema: SCHEMA,
      config: { audit: { action: 'write', what: 'interaction' } },
      onRequest: requireScope(deps.verify, 'interactions:write'),
    },
    async (request, reply) => {
      const id = writtenIdOf(request)
      if (mediaTypeOf(request) !== 'application/json') throw new ApiError('unsupportedMediaType')
      const precondition = preconditionOf(request)
      const transcript = transcriptOf(request)
      const accountId = accountOf(request)
      const redaction = { redactor: await request.server.redactors.of(accountId), counts: {} }
      const read = (text: string) => readDraft(request, id, text, redaction)
      return withBody(request, MAX_BODY_BYTES, read, async ({ draft, warnings }, room) => {
        // Characters may take two bytes.
        if (!room.resize(2 * draft.json.length)) throw new ApiError('overloaded')
        collectAfter(draft.json.length)
        const [result] = await deps.store.writeInteractions(accountId, [draft], {
          preconditions: [precondition],
          transcript,
        })
        if (result === undefined) throw new Error('the store gave no result')
        metrics.written.inc({ outcome: result.outcome })
        countRedactions(metrics, redaction.counts)
        if (result.outcome === 'rejected') throw rejectionError(result.reason)
        tell(request, 1, id)
        return writeAnswer(reply, deps, id, result, warnings)
      })
    },
  )
  refuseOtherMethods(app, '/v1/interactions/:id', ['GET', 'HEAD', 'PUT', 'DELETE'])
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
  headers: Type.Object({ ...PRECONDITIONS, ...TRANSCRIPT_HEADER }),
  consumes: ['application/json'],
  body: BodySchema,
  response: {
    ...WRITE_RESPONSES,
    ...errorResponses(
      'invalidBody',
      INVALID_UNKNOWN,
      INVALID_PRECONDITION,
      INVALID_TRANSCRIPT,
      'unauthenticated',
      'forbidden',
      'reopened',
      'erased',
      'preconditionFailed',
      'bodyTooLarge',
      'urlTooLong',
      'unsupportedMediaType',
      'rateLimited',
      'overloaded',
    ),
  },
}
