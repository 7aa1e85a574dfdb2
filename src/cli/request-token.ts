import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, type JWK, SignJWT } from 'jose'
import { CommandError } from './command.ts'
import type { TokenResponse } from './token.ts'

interface TokenRequest {
  tokenUrl: string
  clientId: string
  clientSecret?: string
  /** PEM. */
  privateKey?: string
  keyId?: string
  scope?: string
}

const TIMEOUT = 30_000
/** RFC 7523: how long an assertion is good. Five minutes are the most that a server accepts. */
const ASSERTION_LIFETIME = '2m'

/** Asks a token endpoint for a token by client credentials, with a secret (Basic) or a signed assertion. */
export async function requestToken(request: TokenRequest): Promise<TokenResponse> {
  const { tokenUrl, clientId, clientSecret, scope } = request
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
  })
  const headers: Record<string, string> = { accept: 'application/json' }
  if (request.privateKey !== undefined) {
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    form.set('client_assertion', await assertionOf(request, request.privateKey))
  } else if (clientSecret !== undefined) {
    // RFC 6749, 2.3.1: both are form-encoded before they are joined.
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  } else {
    throw new CommandError(
      'A server asks for --client-secret (or PARLANCE_CLIENT_SECRET) or --private-key.',
      2,
    )
  }
  const response = await post(tokenUrl, headers, form)
  const body = (await response.json().catch(() => ({}))) as TokenResponse & Record<string, string | undefined>
  if (!response.ok || typeof body.access_token !== 'string') {
    const told = [body.error, body.error_description].filter((part) => part !== undefined).join(': ')
    throw new CommandError(`${tokenUrl} answered ${response.status}${told === '' ? '' : ` (${told})`}.`)
  }
  return body
}

async function post(url: string, headers: Record<string, string>, body: URLSearchParams): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    })
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message
    throw new CommandError(`${url} cannot be reached: ${cause}.`)
  }
}

async function assertionOf({ tokenUrl, clientId, keyId }: TokenRequest, pem: string): Promise<string> {
  const key = privateKeyOf(pem)
  const alg = key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256'
  const kid = keyId ?? (await calculateJwkThumbprint(createPublicKey(key).export({ format: 'jwk' }) as JWK))
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg, kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setIssuedAt()
    .setExpirationTime(ASSERTION_LIFETIME)
    .sign(key)
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new CommandError('--private-key: the file holds no private key in PEM.')
  }
}
