import type { FastifyInstance } from 'fastify'
import type { Principal } from '../../auth/verify.ts'
import { ApiError } from '../errors.ts'
import type { Limiter } from '../limiter.ts'

/**
 * Counts a request of a client. Gives the headers that tell how the client stands; ApiError `rateLimited` where it is
 * over its limit.
 */
export type TakeRate = (client: Pick<Principal, 'accountId' | 'clientId'>) => Promise<Record<string, string>>

/** Limits each client to so many requests a second; `limiter` counts them. */
export function rateTaker(perSecond: number, limiter: Limiter): TakeRate {
  return ({ accountId, clientId }) =>
    new Promise((resolve, reject) => {
      limiter.take(`${accountId} ${clientId}`, ({ current, ttl }) => {
        const seconds = Math.ceil(ttl / 1000)
        // As in draft-ietf-httpapi-ratelimit-headers-03.
        const headers = {
          'ratelimit-limit': String(perSecond),
          'ratelimit-remaining': String(Math.max(0, perSecond - current)),
          'ratelimit-reset': String(seconds),
        }
        if (current <= perSecond) return resolve(headers)
        const retryAfter = String(Math.max(1, seconds))
        reject(new ApiError('rateLimited', { headers: { ...headers, 'retry-after': retryAfter } }))
      })
    })
}

/**
 * Runs behind authentication, so that nobody can use up the limit of another, and before the body is read. Routes
 * without a token are not limited.
 */
export function limitRate(app: FastifyInstance, take: TakeRate): void {
  app.addHook('preParsing', async ({ principal }, reply) => {
    if (principal !== undefined) reply.headers(await take(principal))
  })
}
