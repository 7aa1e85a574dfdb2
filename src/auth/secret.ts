import { hash, timingSafeEqual } from 'node:crypto'

/**
 * Client secrets are kept as one SHA-256 under the name of the scheme. A slow, salted hash defends secrets
 * that people choose, by making each guess dear; ours are 256 random bits, which nobody can guess at any
 * price, and a token endpoint that spends a quarter second a request would be easy to bring down.
 */
const SCHEME = 'sha256:'

/** What the store keeps of a secret that `newClientSecret` made. */
export function hashSecret(secret: string): string {
  return SCHEME + hash('sha256', secret, 'base64url')
}

/** Compares in constant time. A hash of another scheme matches nothing. */
export function checkSecret(secret: string, kept: string): boolean {
  const expected = Buffer.from(kept)
  const actual = Buffer.from(hashSecret(secret))
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
