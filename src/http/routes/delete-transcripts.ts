import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { MAX_ERASED_IDS } from '../../store/erasure.ts'
import { mediaTypeOf, parseJson, withBody } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { CATALOGUE } from '../error-catalogue.ts'
import { ApiError } from '../errors.ts'
import { CALL, CHAT, ERASURE } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import { erase } from './erasing.ts'
import { isId, NO_ID } from './interaction-id.ts'

const PATH = '/omnichannel/interactions/transcript'
const SCOPE = 'omnichannel:interaction-elimination'
/** A thousand ids, each character escaped, with room to spare. */
const MAX_IDS_BYTES = 2 * 1024 * 1024
/** Faults that are told of one list. */
const MAX_TOLD = 50

/** `DELETE /omnichannel/interactions/transcript` (contract A3): erases interactions by their ids. */
export function deleteTranscripts(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.delete(
    PATH,
    {
      schema: SCHEMA,
      config: { audit: { action: 'erase', what: 'interactions' } },
      onRequest: requireScope(deps.verify, SCOPE),
    },
    async (request) => {
      if (mediaTypeOf(request) !== 'application/json') throw new ApiError('unsupportedMediaType')
      return withBody(request, MAX_IDS_BYTES, readIds, (ids) => eliminate(deps, metrics, request, ids))
    },
  )
  refuseOtherMethods(app, PATH, ['DELETE'])
}

async function eliminate(deps: Dependencies, metrics: Metrics, request: FastifyRequest, ids: string[]) {
  const { erasure, unknown } = await erase(deps, metrics, request, { kind: 'interactions', ids })
  return {
    id: erasure.erasureId,
    has_errors: unknown.length > 0,
    errors: unknown.map(errorOf),
    total_deleted: erasure.interactions,
    total_errors: unknown.length,
  }
}

/** It has a tombstone all the same, and so can never come. */
function errorOf(interaction_id: string) {
  const { code, message } = CATALOGUE.notFound
  return { interaction_id, code, message }
}

const NO_LIST = {
  name: 'interaction_ids',
  description: `must be a list of 1 to ${MAX_ERASED_IDS} ids, as in {"interaction_ids": ["…"]}`,
}

/** The ids. ApiError where the body is not such a list. */
function readIds(text: string): string[] {
  const body = parseJson(text) as { interaction_ids?: unknown } | null
  const ids: unknown = body?.interaction_ids
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_ERASED_IDS) {
    throw new ApiError('invalidBody', { fields: [NO_LIST] })
  }
  const fields = ids.flatMap((id, index) => {
    return typeof id === 'string' && isId(id) ? [] : { name: `interaction_ids[${index}]`, description: NO_ID }
  })
  if (fields.length > 0) throw new ApiError('invalidBody', { fields: fields.slice(0, MAX_TOLD) })
  return ids
}

const EliminationSchema = Type.Object(
  {
    id: Type.String({ description: 'The erasure; `GET /v1/erasures/{id}` follows it.' }),
    has_errors: Type.Boolean({ description: 'Whether there were ids of which nothing was stored.' }),
    errors: Type.Array(
      Type.Object({
        interaction_id: Type.String(),
        code: Type.String(),
        message: Type.String(),
      }),
      { description: 'Those ids, each with its error. They are refused from now on all the same.' },
    ),
    total_deleted: Type.Integer({ description: 'How many interactions were erased.' }),
    total_errors: Type.Integer({ description: 'How many ids were not there.' }),
  },
  { title: 'Elimination' },
)

const SCHEMA = {
  tags: ['Erasure'],
  operationId: 'deleteTranscripts',
  summary: 'Erase interactions by their ids',
  description:
    'Erases up to 1,000 interactions for good, as Talkdesk’s clients ask for it. An id of which nothing is stored is an error, and ' +
    'is refused from then on like the others.',
  security: [{ bearer: [SCOPE] }],
  consumes: ['application/json'],
  body: Type.Object(
    {
      interaction_ids: Type.Array(Type.String(), {
        minItems: 1,
        maxItems: MAX_ERASED_IDS,
        description: 'The interactions; one that is repeated counts once.',
      }),
    },
    { title: 'TranscriptIds', examples: [{ interaction_ids: [CHAT.id, CALL.id] }] },
  ),
  response: {
    200: {
      description: 'What became of them.',
      content: {
        'application/json': {
          schema: EliminationSchema,
          example: {
            id: ERASURE.id,
            has_errors: true,
            errors: [errorOf(CALL.id)],
            total_deleted: 1,
            total_errors: 1,
          },
        },
      },
    },
    ...errorResponses(
      new ApiError('invalidBody', { fields: [NO_LIST] }),
      'unauthenticated',
      'forbidden',
      'bodyTooLarge',
      'unsupportedMediaType',
      'rateLimited',
      'overloaded',
    ),
  },
}
