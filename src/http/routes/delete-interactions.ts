import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { mediaTypeOf, parseJson, withBody } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { BEGUN_ERASURE } from '../examples.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import { accepted, acceptedAs, ERASE_SCOPE, erase } from './erasing.ts'

/** `{"confirm": "…"}`, with room for white space. */
const MAX_CONFIRM_BYTES = 1024

/** `DELETE /v1/interactions`: erases all interactions of the account for good, where the body names the account. */
export function deleteInteractions(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.delete(
    '/v1/interactions',
    {
      schema: SCHEMA,
      config: { audit: { action: 'erase', what: 'account' } },
      onRequest: requireScope(deps.verify, ERASE_SCOPE),
    },
    async (request, reply) => {
      await withBody(
        request,
        MAX_CONFIRM_BYTES,
        (text) => checkConfirmed(request, text),
        async () => {},
      )
      return accepted(reply, deps, await erase(deps, metrics, request, { kind: 'account' }))
    },
  )
}

const FIELDS = [
  { name: 'confirm', description: 'must be the id of the account, as in {"confirm": "k3v6x2mnqf7dwz5a"}' },
]

/** So that no request that was meant for one interaction, and lost its id on the way, erases all. */
function checkConfirmed(request: FastifyRequest, text: string): void {
  if (mediaTypeOf(request) !== 'application/json' && text !== '') throw new ApiError('unsupportedMediaType')
  const body = text === '' ? undefined : parseJson(text)
  const { confirm } = (body ?? {}) as { confirm?: unknown }
  if (confirm !== accountOf(request)) throw new ApiError('invalidBody', { fields: FIELDS })
}

const SCHEMA = {
  tags: ['Erasure'],
  operationId: 'deleteInteractions',
  summary: 'Erase all interactions of the account',
  description:
    'Erases all interactions of the account for good, and refuses from then on what started before now (409). The body names the ' +
    'account once more. The account itself stays, with its clients.',
  security: [{ bearer: [ERASE_SCOPE] }],
  consumes: ['application/json'],
  body: Type.Object(
    { confirm: Type.String({ description: 'The id of the account.' }) },
    { title: 'Confirmation', examples: [{ confirm: 'k3v6x2mnqf7dwz5a' }] },
  ),
  response: {
    ...acceptedAs({ ...BEGUN_ERASURE, kind: 'account' }),
    ...errorResponses(
      new ApiError('invalidBody', { fields: FIELDS }),
      'unauthenticated',
      'forbidden',
      'bodyTooLarge',
      'unsupportedMediaType',
      'rateLimited',
      'overloaded',
    ),
  },
}
