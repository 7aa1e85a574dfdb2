import type { FastifyInstance } from 'fastify'

/** `GET /openapi.json`: the description of this very server, made from the schemas of its routes. */
export function openapiRoute(app: FastifyInstance): void {
  let document: string | undefined
  app.get('/openapi.json', { schema: { hide: true }, config: { quiet: true } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger(), null, 2)
    return reply.type('application/json').send(document)
  })
}
