import rateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'
import { type Limiter, MAX_CLIENTS, RATE_WINDOW } from '../limiter.ts'

/**
 * Limits each client to so many requests a second. Runs behind authentication, so that nobody can use up the
 * limit of another, and before the body is read. Routes without a token are not limited. `limiter` counts where
 * several processes are one server; without it this process counts.
 */
export async function limitRate(app: FastifyInstance, perSecond: number, limiter?: Limiter): Promise<void> {
  if (perSecond === 0) return
  await app.register(rateLimit, {
    hook: 'preParsing',
    max: perSecond,
    timeWindow: RATE_WINDOW,
    cache: MAX_CLIENTS,
    store: limiter && storeOver(limiter),
    enableDraftSpec: true,
    keyGenerator: (request) => `${request.principal?.accountId} ${request.principal?.clientId}`,
    allowList: (request) => request.principal === undefined,
    errorResponseBuilder: (_request, context) =>
      new ApiError('rateLimited', {
        headers: { 'retry-after': String(Math.max(1, Math.ceil(context.ttl / 1000))) },
      }),
  })
}

/** A limiter in the form that the plugin takes: a class, whose only instance counts for every route. */
function storeOver(limiter: Limiter) {
  return class Store implements FastifyRateLimitStore {
    incr(client: string, done: Parameters<FastifyRateLimitStore['incr']>[1]): void {
      limiter.take(client, (standing) => done(null, standing))
    }
    child(): Store {
      return this
    }
  }
}
