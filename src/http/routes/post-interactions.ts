import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { WrittenInteractionSchema } from '../../interaction/schema.ts'
import { mediaTypeOf } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { BATCH_RESULT, CALL, CHAT, LINES, STREAM_RESULT } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { BatchResultSchema, errorResponses, StreamResultSchema } from '../schemas.ts'
import { Streams } from './stream-room.ts'
import { INVALID_TRANSCRIPT, TRANSCRIPT_HEADER } from './transcript.ts'
import { INVALID_UNKNOWN, UnknownQuery } from './unknown.ts'
import { MAX_BATCH_ITEMS, writeBatch } from './write-batch.ts'
import { writeStream } from './write-stream.ts'

/** `POST /v1/interactions`: many at once, as one JSON document or as a stream of lines. */
export function postInteractions(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  const streams = new Streams()
  app.post(
    '/v1/interactions',
    {
      schema: SCHEMA,
      config: { audit: { action: 'write', what: 'batch' } },
      onRequest: requireScope(deps.verify, 'interactions:write'),
    },
    async (request) => {
      const type = mediaTypeOf(request)
      if (type === 'application/json') return writeBatch(request, deps, metrics)
      if (type === 'application/x-ndjson') return writeStream(request, deps, metrics, streams)
      throw new ApiError('unsupportedMediaType')
    },
  )
  refuseOtherMethods(app, '/v1/interactions', ['GET', 'HEAD', 'POST', 'DELETE'])
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'postInteractions',
  summary: 'Write many interactions',
  description:
    'Each interaction is taken alone: a bad one is rejected with its reason and place, the good ones are kept. ' +
    '`application/json`: up to 10,000 interactions and 32 MB, with a result for each. `application/x-ndjson`: one ' +
    'interaction a line, any number of lines, read as they come; afterwards the counts and the first 1,000 problems. ' +
    'If the connection breaks, send the whole again: what is stored already is `unchanged`.',
  security: [{ bearer: ['interactions:write'] }],
  querystring: UnknownQuery,
  headers: Type.Object(TRANSCRIPT_HEADER),
  body: {
    required: true,
    content: {
      'application/json': {
        schema: Type.Object(
          { interactions: Type.Array(WrittenInteractionSchema, { maxItems: MAX_BATCH_ITEMS }) },
          { title: 'Batch', examples: [{ interactions: [CHAT, CALL] }] },
        ),
      },
      'application/x-ndjson': {
        schema: Type.String({ description: 'One interaction a line.', examples: [LINES] }),
      },
    },
  },
  response: {
    200: {
      description: 'What became of each.',
      content: {
        'application/json': {
          schema: Type.Union([BatchResultSchema, StreamResultSchema]),
          examples: {
            batch: { summary: 'After application/json', value: BATCH_RESULT },
            lines: { summary: 'After application/x-ndjson', value: STREAM_RESULT },
          },
        },
      },
    },
    ...errorResponses(
      new ApiError('invalidBody', {
        fields: [
          {
            name: 'interactions',
            description: 'must be a list of interactions, as in {"interactions": […]}',
          },
        ],
      }),
      INVALID_UNKNOWN,
      INVALID_TRANSCRIPT,
      'unauthenticated',
      'forbidden',
      'bodyTooLarge',
      'unsupportedMediaType',
      'rateLimited',
      'overloaded',
    ),
  },
}
