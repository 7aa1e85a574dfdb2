import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const GIVEN_ID = /^[\w.:+/=-]{1,128}$/

/** The id that the client gave in `X-Request-Id`, where it is a plain one, else a new one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID()
}

/**
 * One line a request: the route's template and not its URL, since ids and cursors are nobody's business; the
 * account and client, but never a token, a text or a customer.
 */
export function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const quiet = reply.statusCode < 400 && request.routeOptions.config.quiet === true
  request.log[quiet ? 'debug' : 'info'](
    {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 100) / 100,
      account: request.principal?.accountId,
      client: request.principal?.clientId,
    },
    'request',
  )
}

export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    logAnswer(request, reply)
    done()
  })
  app.addHook('onRequestAbort', async (request) => {
    request.log.info(
      { method: request.method, route: request.routeOptions.url ?? 'none' },
      'client went away',
    )
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Probes and scrapes come every few seconds: their successes are logged at debug only. */
    quiet?: boolean
  }
}
