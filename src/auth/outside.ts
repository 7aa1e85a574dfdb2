import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { IssuerUnreachable } from './errors.ts'

const SECOND = 1000
/** A request waits no longer than this for the issuer's keys. */
const TIMEOUT = 5 * SECOND
/** A token with an unknown key id makes us fetch the keys again, but no oftener than this. */
const COOLDOWN = 10 * SECOND
/** A key that the issuer has withdrawn is forgotten after this time at the latest. */
const MAX_AGE = 5 * 60 * SECOND
/** After a failed fetch the next one waits this long; meanwhile requests are told at once. */
const RETRY_AFTER = 1 * SECOND

/** What says that the keys were fetched and the token's is not, or cannot be, among them. */
const TOKEN_FAULTS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]

/**
 * Fetches an outside issuer's public keys and keeps them. Throws IssuerUnreachable where they cannot be had
 * (no connection, time-out, not 200, no JWKS): that says nothing about the token.
 */
export function outsideKeys(jwksUrl: string, clock: () => number = Date.now): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: TIMEOUT,
    cooldownDuration: COOLDOWN,
    cacheMaxAge: MAX_AGE,
  })
  let failedAt = Number.NEGATIVE_INFINITY
  return async (header, token) => {
    const failed = Math.abs(clock() - failedAt) < RETRY_AFTER
    try {
      if (!failed) return await keys(header, token)
    } catch (error) {
      if (TOKEN_FAULTS.some((fault) => error instanceof fault)) throw error
      failedAt = clock()
      throw unreachable(jwksUrl, error)
    }
    // Tokens that the keys at hand verify need no fetch; about others nobody can tell.
    const known = keys.fresh ? keys.jwks() : undefined
    if (known === undefined) throw unreachable(jwksUrl)
    return createLocalJWKSet(known)(header, token).catch((cause) => {
      throw unreachable(jwksUrl, cause)
    })
  }
}

function unreachable(jwksUrl: string, cause?: unknown): IssuerUnreachable {
  return new IssuerUnreachable(`The issuer's keys cannot be fetched from ${jwksUrl}.`, { cause })
}
