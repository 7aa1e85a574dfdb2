import type { FastifyInstance } from 'fastify'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { ERASURE } from '../examples.ts'
import { requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import { accepted, acceptedAs, ERASE_SCOPE, erase } from './erasing.ts'
import { IdParameters, NO_ID, writtenIdOf } from './interaction-id.ts'
import { PRECONDITION_REFUSED } from './precondition.ts'

/** `DELETE /v1/interactions/{id}`: erases one for good, also one that is not there yet. */
export function deleteInteraction(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.delete(
    '/v1/interactions/:id',
    {
      schema: SCHEMA,
      config: { audit: { action: 'erase', what: 'interaction' } },
      onRequest: requireScope(deps.verify, ERASE_SCOPE),
    },
    async (request, reply) => {
      const ids = [writtenIdOf(request)]
      return accepted(reply, deps, await erase(deps, metrics, request, { kind: 'interactions', ids }))
    },
  )
}

const SCHEMA = {
  tags: ['Erasure'],
  operationId: 'deleteInteraction',
  summary: 'Erase one interaction',
  description:
    'Erases the interaction for good, open or ended. Its id is refused from then on (409), also where it was not there yet: then ' +
    '`interactions` is 0. The feed of changes tells it as `erased`.',
  security: [{ bearer: [ERASE_SCOPE] }],
  params: IdParameters,
  response: {
    ...acceptedAs(ERASURE),
    ...errorResponses(
      new ApiError('invalidRequest', { fields: [{ name: 'id', description: NO_ID }] }),
      PRECONDITION_REFUSED,
      'unauthenticated',
      'forbidden',
      'urlTooLong',
      'rateLimited',
    ),
  },
}
