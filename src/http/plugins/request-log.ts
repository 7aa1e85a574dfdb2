import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../../auth/verify.ts'

/** Said where a client leaves before it has its answer. */
export const CLIENT_LEFT = 'client went away'

/** Said where we close a stream of changes whose client keeps it waiting. */
export const FOLLOWER_CUT = 'a follower was cut: it did not read'

const GIVEN_ID = /^[\w.:+/=-]{1,128}$/

/** The id that the client gave in `X-Request-Id`, where it is a plain one, else a new one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID()
}

/**
 * What the log tells of a request: the route's template and not its URL, since ids and cursors are nobody's business;
 * the account and client, but never a token, a text or a customer.
 */
export function requestLine(
  request: { method: string; route: string },
  status: number,
  milliseconds: number,
  principal: Principal | undefined,
) {
  return {
    ...request,
    status,
    milliseconds: Math.round(milliseconds * 100) / 100,
    account: principal?.accountId,
    client: principal?.clientId,
  }
}

/** One line a request. */
export function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const { method, principal, routeOptions } = request
  const { statusCode, elapsedTime } = reply
  const quiet = statusCode < 400 && routeOptions.config.quiet === true
  const asked = { method, route: routeOptions.url ?? 'none' }
  request.log[quiet ? 'debug' : 'info'](requestLine(asked, statusCode, elapsedTime, principal), 'request')
}

/** In place of the line of a request, which has no end. */
export function logCut(request: FastifyRequest): void {
  const { method, routeOptions, principal } = request
  request.endedByUs = true
  const asked = { method, route: routeOptions.url ?? 'none' }
  request.log.info({ ...asked, account: principal?.accountId, client: principal?.clientId }, FOLLOWER_CUT)
}

export function logRequests(app: FastifyInstance): void {
  app.decorateRequest('endedByUs', false)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    logAnswer(request, reply)
    done()
  })
  app.addHook('onRequestAbort', async (request) => {
    if (request.endedByUs) return
    request.log.info({ method: request.method, route: request.routeOptions.url ?? 'none' }, CLIENT_LEFT)
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is we who broke off its answer. */
    endedByUs: boolean
  }
  interface FastifyContextConfig {
    /** Probes and scrapes come every few seconds: their successes are logged at debug only. */
    quiet?: boolean
  }
}
