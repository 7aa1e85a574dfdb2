import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { type Keyring, TOKEN_LIFETIME } from './keyring.ts'
import { SIGNING_ALGORITHM } from './keys.ts'

/** How long a token lives, in seconds: `expires_in`. */
export const TOKEN_LIFETIME_SECONDS = TOKEN_LIFETIME / 1000
/** The `typ` of our access tokens (RFC 9068): a JWT made for anything else is not taken for one. */
export const TOKEN_TYPE = 'at+jwt'

export interface Grant {
  /** Base URL: issuer and audience in one, since the deployment gives tokens out for itself. */
  publicUrl: string
  region: string
  accountId: string
  clientId: string
  scopes: readonly string[]
}

export interface AccessClaims extends Record<string, unknown> {
  iss: string
  aud: string
  sub: string
  cid: string
  client_id: string
  aid: string
  scp: string
  reg: string
  jti: string
  iat: number
  nbf: number
  exp: number
}

/** The claims of an access token; `iat` and `exp` are seconds since 1970. */
export function accessClaims(grant: Grant, times: { jti: string; iat: number; exp: number }): AccessClaims {
  const { publicUrl, region, accountId, clientId, scopes } = grant
  return {
    iss: publicUrl,
    aud: publicUrl,
    sub: clientId,
    cid: clientId,
    // What RFC 9068 asks of every `at+jwt`, beside Talkdesk's name for it.
    client_id: clientId,
    aid: accountId,
    scp: scopes.join(' '),
    reg: region,
    jti: times.jti,
    iat: times.iat,
    nbf: times.iat,
    exp: times.exp,
  }
}

export interface MintOptions extends Grant {
  keyring: Keyring
  lifetimeSeconds?: number
  /** Milliseconds since 1970. */
  now: number
}

/** An access token as the token endpoint gives it, for whoever holds the store: the command line. */
export async function mintAccessToken(options: MintOptions): Promise<string> {
  const { keyring, lifetimeSeconds = TOKEN_LIFETIME_SECONDS, now } = options
  const { keyId, privateKey } = keyring.signingKey()
  const iat = Math.floor(now / 1000)
  const claims = accessClaims(options, { jti: randomUUID(), iat, exp: iat + lifetimeSeconds })
  return new SignJWT(claims)
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: keyId, typ: TOKEN_TYPE })
    .sign(privateKey)
}
