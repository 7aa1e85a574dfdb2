import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { StoreUnavailable } from '../../store/errors.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { refuseOtherMethods } from '../methods.ts'
import { errorResponses } from '../schemas.ts'

const StatusSchema = Type.Object({ status: Type.Literal('ok') }, { title: 'Status' })

/** `GET /healthz` (the process lives) and `GET /readyz` (it can serve: the store answers, and it is not stopping). */
export function health(app: FastifyInstance, deps: Dependencies, isStopping: () => boolean): void {
  app.get(
    '/healthz',
    { config: { quiet: true }, schema: schemaOf('getHealth', 'Whether the process lives') },
    async () => ({
      status: 'ok',
    }),
  )
  app.get(
    '/readyz',
    { config: { quiet: true }, schema: schemaOf('getReadiness', 'Whether it can serve') },
    async (request) => {
      if (isStopping()) throw new ApiError('storeUnavailable', { description: 'The server is stopping.' })
      try {
        await deps.store.ping()
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        // A damaged store is a fault like any other, but to whoever asks if it can serve, the answer is no.
        request.log.error({ err: error }, 'unexpected error')
        throw new ApiError('storeUnavailable')
      }
      return { status: 'ok' }
    },
  )
  for (const url of ['/healthz', '/readyz']) refuseOtherMethods(app, url, ['GET', 'HEAD'])
}

function schemaOf(operationId: string, summary: string) {
  return {
    tags: ['Operation'],
    operationId,
    summary,
    response: {
      200: {
        description: 'It does.',
        content: { 'application/json': { schema: StatusSchema, example: { status: 'ok' } } },
      },
      ...errorResponses(),
    },
  }
}
