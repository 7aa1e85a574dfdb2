import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { isErasureId } from '../../auth/ids.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { ERASURE } from '../examples.ts'
import { refuseOtherMethods } from '../methods.ts'
import { accountOf, requireScope } from '../plugins/authenticate.ts'
import { errorResponses } from '../schemas.ts'
import { ERASE_SCOPE, ErasureSchema, receiptOf } from './erasing.ts'

const PATH = '/v1/erasures/:id'

/** `GET /v1/erasures/{id}`: how far an erasure is. */
export function getErasure(app: FastifyInstance, { store, verify }: Dependencies): void {
  app.get(
    PATH,
    {
      schema: SCHEMA,
      config: { audit: { action: 'read', what: 'erasure' } },
      onRequest: requireScope(verify, ERASE_SCOPE),
    },
    async (request, reply) => {
      const { id } = request.params as { id: string }
      const erasure = isErasureId(id) ? await store.getErasure(accountOf(request), id) : undefined
      if (erasure === undefined) throw new ApiError('notFound')
      reply.header('cache-control', 'private, no-cache')
      return receiptOf(erasure)
    },
  )
  refuseOtherMethods(app, PATH, ['GET', 'HEAD'])
}

const EXAMPLE = { ...ERASURE, state: 'purged', purged_at: '2026-03-13T03:00:04.000000Z' }

const SCHEMA = {
  tags: ['Erasure'],
  operationId: 'getErasure',
  summary: 'Follow an erasure',
  description:
    'How far an erasure is. Nothing of it could be read from the moment it was answered; `purged_at` says when nothing was left in ' +
    'the files of the store. Backups are not spoken of.',
  security: [{ bearer: [ERASE_SCOPE] }],
  params: Type.Object({ id: Type.String({ description: 'The erasure.', examples: [ERASURE.id] }) }),
  response: {
    200: {
      description: 'How far it is.',
      headers: {
        'Cache-Control': {
          type: 'string',
          description: 'To be asked for anew.',
          examples: ['private, no-cache'],
        },
      },
      content: { 'application/json': { schema: ErasureSchema, example: EXAMPLE } },
    },
    ...errorResponses(
      'invalidRequest',
      'unauthenticated',
      'forbidden',
      'notFound',
      'urlTooLong',
      'rateLimited',
    ),
  },
}
