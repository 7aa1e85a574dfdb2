import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { MAX_ID_BYTES } from '../../interaction/limits.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { BEGUN_ERASURE, CHAT } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { requireScope } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import { accepted, acceptedAs, ERASE_SCOPE, erase } from './erasing.ts'
import { NO_ID, writtenIdOf } from './interaction-id.ts'

const PATH = '/v1/customers/:customer_id'

/** `DELETE /v1/customers/{customer_id}`: erases every interaction of a customer for good. */
export function deleteCustomer(app: FastifyInstance, deps: Dependencies, metrics: Metrics): void {
  app.delete(
    PATH,
    {
      schema: SCHEMA,
      config: { audit: { action: 'erase', what: 'customer' } },
      onRequest: requireScope(deps.verify, ERASE_SCOPE),
    },
    async (request, reply) => {
      const customerId = writtenIdOf(request, 'customer_id')
      return accepted(reply, deps, await erase(deps, metrics, request, { kind: 'customer', customerId }))
    },
  )
  refuseOtherMethods(app, PATH, ['DELETE'])
}

const SCHEMA = {
  tags: ['Erasure'],
  operationId: 'deleteCustomer',
  summary: 'Erase a customer',
  description:
    'Erases every interaction of the customer for good, open ones too, and refuses from then on what started before now (409). ' +
    'What starts later is taken. Of the customer nothing is kept but a keyed hash of the id.',
  security: [{ bearer: [ERASE_SCOPE] }],
  params: Type.Object({
    customer_id: Type.String({
      minLength: 1,
      description: `The customer, percent-encoded; 1 to ${MAX_ID_BYTES} bytes.`,
      examples: [CHAT.customer_id],
    }),
  }),
  response: {
    ...acceptedAs({ ...BEGUN_ERASURE, kind: 'customer' }),
    ...errorResponses(
      new ApiError('invalidRequest', { fields: [{ name: 'customer_id', description: NO_ID }] }),
      'unauthenticated',
      'forbidden',
      'urlTooLong',
      'rateLimited',
    ),
  },
}
