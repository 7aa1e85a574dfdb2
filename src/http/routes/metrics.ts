import type { FastifyInstance } from 'fastify'
import { refuseOtherMethods } from '../methods.ts'
import type { Metrics } from '../plugins/metrics.ts'

/** `GET /metrics`, for Prometheus. */
export function metricsRoute(app: FastifyInstance, { registry }: Metrics): void {
  app.get('/metrics', { config: { quiet: true }, schema: SCHEMA }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  refuseOtherMethods(app, '/metrics', ['GET', 'HEAD'])
}

const SCHEMA = {
  tags: ['Operation'],
  summary: 'Metrics in the format of Prometheus',
  response: {
    200: { description: 'The metrics.', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
}
