import type { Store } from '../store/store.ts'

/** A client's clock may differ from ours by so many seconds. */
export const ASSERTION_TOLERANCE = 5
const MAX_LIFETIME = 5 * 60
const MAX_JTI_CHARACTERS = 256

export interface Assertion {
  accountId: string
  clientId: string
  header: Record<string, unknown>
  /** Of a JWT whose signature, `iss`, `sub`, `nbf` and `exp` (not over yet) have been verified. */
  claims: Record<string, unknown>
}

/**
 * What is wrong with a client assertion beyond what oidc-provider has checked, for the log; undefined where
 * nothing is. Marks it as used. `audiences` are the names that mean us; `now` is milliseconds since 1970.
 */
export async function assertionFault(
  store: Store,
  { accountId, clientId, header, claims }: Assertion,
  audiences: readonly string[],
  now: number,
): Promise<string | undefined> {
  const { aud, iat, exp, jti } = claims
  const latest = now / 1000 + ASSERTION_TOLERANCE
  if (typeof header.kid !== 'string') return 'the header has no kid'
  if (!onlyFor(aud, audiences)) return 'aud names someone else'
  if (typeof iat !== 'number' || iat > latest) return 'iat is missing or in the future'
  if (typeof exp !== 'number' || exp > latest + MAX_LIFETIME) return 'exp is more than 5 minutes away'
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_CHARACTERS) {
    return `jti is not a string of 1 to ${MAX_JTI_CHARACTERS} characters`
  }
  const expiresAt = Math.ceil(exp + ASSERTION_TOLERANCE) * 1000
  const fresh = await store.useAssertion(accountId, clientId, { jti, expiresAt, now })
  return fresh ? undefined : 'the jti was used before'
}

/** An assertion that another server may take as well is refused: that server could use it here. */
function onlyFor(aud: unknown, audiences: readonly string[]): boolean {
  const names = Array.isArray(aud) ? aud : [aud]
  return names.length > 0 && names.every((name) => typeof name === 'string' && audiences.includes(name))
}
