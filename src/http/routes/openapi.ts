import type { FastifyInstance } from 'fastify'
import { refuseOtherMethods } from '../methods.ts'
import { makeStaticFile, type StaticFile, sendStaticFile } from '../static-file.ts'

/** `GET /openapi.json`: the description of this very server, made from the schemas of its routes. */
export function openapiRoute(app: FastifyInstance): void {
  let document: Promise<StaticFile> | undefined
  app.get('/openapi.json', { schema: { hide: true }, config: { quiet: true } }, async (request, reply) => {
    document ??= makeStaticFile('application/json', Buffer.from(JSON.stringify(app.swagger(), null, 2)))
    reply.header('cache-control', 'no-cache')
    return sendStaticFile(request, reply, await document)
  })
  refuseOtherMethods(app, '/openapi.json', ['GET', 'HEAD'])
}
