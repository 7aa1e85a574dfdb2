import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { MAX_ADDED_MESSAGES } from '../../interaction/limits.ts'
import { parseLossless } from '../../interaction/lossless.ts'
import { AMBIGUOUS } from '../../interaction/merge-patches.ts'
import type { Problem } from '../../interaction/problems.ts'
import { type AdditionParts, missingToOpen, ownNames, readAddition } from '../../interaction/read-addition.ts'
import type { Redaction } from '../../interaction/redact/interaction.ts'
import { MessagePatchSchema, WrittenInteractionSchema } from '../../interaction/schema.ts'
import { collectAfter } from '../../memory.ts'
import type { AdditionResult } from '../../store/addition.ts'
import { mediaTypeOf, parseJson, withBody } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import type { ErrorName } from '../error-catalogue.ts'
import { ApiError } from '../errors.ts'
import { ADDED_MESSAGE, OPENING } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { tell } from '../plugins/audit.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import { countRedactions, type Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import { IdParameters, writtenIdOf } from './interaction-id.ts'
import { INVALID_PRECONDITION, PRECONDITIONS, preconditionOf } from './precondition.ts'
import { MAX_BODY_BYTES } from './put-interaction.ts'
import { faultDetails } from './rejection.ts'
import { INVALID_TRANSCRIPT, TRANSCRIPT_HEADER, transcriptOf } from './transcript.ts'
import { INVALID_UNKNOWN, UnknownQuery, unknownOf } from './unknown.ts'
import { WRITE_RESPONSES, writeAnswer } from './write-answer.ts'

const PATH = '/v1/interactions/:id/messages'

/** `POST /v1/interactions/{id}/messages`: adds messages, or what has become known of those that are there. */
export function postMessages(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.post(
    PATH,
    {
      schema: SCHEMA,
      config: { audit: { action: 'write', what: 'messages' } },
      onRequest: requireScope(deps.verify, 'interactions:write'),
    },
    async (request, reply) => {
      const id = writtenIdOf(request)
      if (mediaTypeOf(request) !== 'application/json') throw new ApiError('unsupportedMediaType')
      const precondition = preconditionOf(request)
      const transcript = transcriptOf(request)
      const accountId = accountOf(request)
      const redaction = { redactor: await request.server.redactors.of(accountId), counts: {} }
      const read = (text: string) => readParts(request, id, text, redaction)
      return withBody(request, MAX_BODY_BYTES, read, async ({ addition, warnings }, room) => {
        const { patches, opening } = addition
        const characters = patches.reduce((sum, patch) => sum + patch.length, opening?.json.length ?? 0)
        // Characters may take two bytes.
        if (!room.resize(2 * characters)) throw new ApiError('overloaded')
        collectAfter(characters)
        const keepUnknownValues = unknownOf(request)
        const told = { id, patches, keepUnknownValues, opening, transcript, precondition }
        const result = await deps.store.addMessages(accountId, told)
        metrics.written.inc({ outcome: result.outcome })
        countRedactions(metrics, redaction.counts)
        if (result.outcome === 'rejected') throw refusal(result, addition)
        tell(request, 1, id)
        return writeAnswer(reply, deps, id, result, warnings)
      })
    },
  )
  refuseOtherMethods(app, PATH, ['POST'])
}

/** ApiError where the body cannot be taken. */
function readParts(
  request: FastifyRequest,
  id: string,
  text: string,
  redaction: Redaction,
): { addition: AdditionParts; warnings: Problem[] } {
  const reading = readAddition(parseJson(text), {
    id,
    keepUnknownValues: unknownOf(request),
    mayBeEmpty: transcriptOf(request) !== undefined,
    lossless: () => parseLossless(text),
    redaction,
  })
  if (reading.ok) return reading
  throw new ApiError(reading.tooLarge ? 'bodyTooLarge' : 'invalidBody', detailsOf(reading.problems))
}

type Refused = Extract<AdditionResult, { outcome: 'rejected' }>

const ERRORS: { readonly [reason in Refused['reason']]: ErrorName } = {
  unknown: 'notFound',
  ambiguous: 'ambiguousMessage',
  incomplete: 'invalidBody',
  erased: 'erased',
  precondition: 'preconditionFailed',
  too_large: 'bodyTooLarge',
}

function refusal({ reason, problems }: Refused, addition: AdditionParts): ApiError {
  if (reason === 'unknown') {
    return new ApiError('notFound', { description: UNANNOUNCED, fields: missingToOpen(addition) })
  }
  return new ApiError(ERRORS[reason], detailsOf(ownNames(problems, addition.single)))
}

const UNANNOUNCED =
  'Nobody has announced this interaction. Say in interaction, beside messages, how to open it, or write it with PUT first.'

function detailsOf(problems: Problem[]): ApiError['details'] {
  const { description, fields } = faultDetails(problems)
  return {
    ...(description !== undefined && {
      description: description.replace(/^The interaction must/, 'The body must'),
    }),
    ...(fields !== undefined && { fields }),
  }
}

const { messages: _messages, ended_at: _ended, ...opening } = WrittenInteractionSchema.properties

const OpeningSchema = Type.Object(
  { ...opening, id: Type.Optional(opening.id), started_at: Type.Optional(opening.started_at) },
  {
    title: 'Opening',
    description:
      'How to open the interaction where nobody has announced it; where it is there already, only its form is looked at. ' +
      '`started_at` may be left out where a message has `message_start_at`: then the first of these is meant.',
  },
)

const AdditionSchema = Type.Object(
  {
    messages: Type.Array(MessagePatchSchema, {
      maxItems: MAX_ADDED_MESSAGES,
      description: 'May be empty only beside the header `Parlance-Transcript`.',
    }),
    interaction: Type.Optional(OpeningSchema),
  },
  { title: 'Addition', description: 'Messages, and how to open their interaction.' },
)

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'addMessages',
  summary: 'Add or enrich messages',
  description:
    'Merges messages into the interaction, open or ended, field by field: what is given replaces what is stored, the rest ' +
    'stays. A message is found by `message_id`; its `source_system` and `recording_index` may be left out where the id is ' +
    'unique in the interaction (else 409). The same again changes nothing. Adding to an open interaction costs the same however ' +
    'long it is; one that has ended is issued anew.',
  security: [{ bearer: ['interactions:write'] }],
  params: IdParameters,
  querystring: UnknownQuery,
  headers: Type.Object({ ...PRECONDITIONS, ...TRANSCRIPT_HEADER }),
  body: {
    required: true,
    content: {
      'application/json': {
        schema: Type.Union([AdditionSchema, MessagePatchSchema], {
          'x-examples': {
            messages: {
              summary: 'Messages, and how to open the interaction if it is new',
              value: { interaction: OPENING, messages: [ADDED_MESSAGE] },
            },
            message: { summary: 'One message', value: ADDED_MESSAGE },
            enrichment: {
              summary: 'What has become known of a message',
              value: {
                message_id: ADDED_MESSAGE.message_id,
                sentiment: 'NEGATIVE',
                intent: 'late_delivery',
              },
            },
          },
        }),
      },
    },
  },
  response: {
    ...WRITE_RESPONSES,
    ...errorResponses(
      new ApiError('invalidBody', {
        fields: [{ name: 'messages[0].channel', description: 'is required of a new message' }],
      }),
      INVALID_UNKNOWN,
      INVALID_PRECONDITION,
      INVALID_TRANSCRIPT,
      'unauthenticated',
      'forbidden',
      new ApiError('notFound', { description: UNANNOUNCED, fields: missingToOpen({ timed: false }) }),
      'erased',
      new ApiError('ambiguousMessage', {
        fields: [{ name: 'messages[0].message_id', description: AMBIGUOUS }],
      }),
      'preconditionFailed',
      'bodyTooLarge',
      'urlTooLong',
      'unsupportedMediaType',
      'rateLimited',
      'overloaded',
    ),
  },
}
