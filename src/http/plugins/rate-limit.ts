import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'

/** Clients counted at once; beyond that the one seen longest ago starts anew. */
const MAX_CLIENTS = 50_000

/**
 * Limits each client to so many requests a second. Runs behind authentication, so that nobody can use up the
 * limit of another, and before the body is read. Routes without a token are not limited.
 */
export async function limitRate(app: FastifyInstance, perSecond: number): Promise<void> {
  if (perSecond === 0) return
  await app.register(rateLimit, {
    hook: 'preParsing',
    max: perSecond,
    timeWindow: 1000,
    cache: MAX_CLIENTS,
    enableDraftSpec: true,
    keyGenerator: (request) => `${request.principal?.accountId} ${request.principal?.clientId}`,
    allowList: (request) => request.principal === undefined,
    errorResponseBuilder: (_request, context) =>
      new ApiError('rateLimited', {
        headers: { 'retry-after': String(Math.max(1, Math.ceil(context.ttl / 1000))) },
      }),
  })
}
