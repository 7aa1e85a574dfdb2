import type { FastifyInstance } from 'fastify'
import { refuseOtherMethods } from '../methods.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { errorResponses } from '../schemas.ts'
import type { Whole } from '../whole.ts'

/** `GET /metrics`, for Prometheus: of this process, or of the whole that it is a worker of. */
export function metricsRoute(app: FastifyInstance, { registry }: Metrics, whole?: Whole): void {
  app.get('/metrics', { config: { quiet: true }, schema: SCHEMA }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await (whole ?? registry).metrics())
  })
  refuseOtherMethods(app, '/metrics', ['GET', 'HEAD'])
}

const EXAMPLE = `# HELP parlance_pages_total Pages of the listing that were sent, by encoding.
# TYPE parlance_pages_total counter
parlance_pages_total{encoding="gzip"} 42
`

const SCHEMA = {
  tags: ['Operation'],
  operationId: 'getMetrics',
  summary: 'Metrics in the format of Prometheus',
  response: {
    200: {
      description: 'The metrics.',
      content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
    },
    500: errorResponses()[500],
  },
}
