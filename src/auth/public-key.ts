import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { PublicKeyError } from './errors.ts'

/** A client's public key as it is kept: only what verification needs. */
export interface PublicKey {
  kty: 'EC' | 'RSA'
  kid: string
  alg: 'ES256' | 'RS256'
  use: 'sig'
  crv?: string
  x?: string
  y?: string
  n?: string
  e?: string
}

const MAX_FILE_CHARACTERS = 64 * 1024
const MIN_RSA_BITS = 2048
/** Beyond this a signature costs the server more than it says about the client. */
const MAX_RSA_BITS = 8192
const MAX_KID_CHARACTERS = 256
/** Members of a JWK that only a private or symmetric key has (RFC 7518, 6.2.2, 6.3.2 and 6.4). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Reads a public key file: PEM (SPKI), a JWK, or a JWKS with one key; EC P-256 (ES256) or RSA of 2048 to
 * 8192 bits (RS256). The `kid` is the JWK's own, or its thumbprint (RFC 7638). Throws PublicKeyError.
 */
export async function readPublicKey(text: string): Promise<PublicKey> {
  if (text.length > MAX_FILE_CHARACTERS) throw new PublicKeyError('The file is too large for a public key.')
  const trimmed = text.trim()
  const { key, jwk } = trimmed.startsWith('{') ? fromJson(trimmed) : fromPem(trimmed)
  const alg = algorithmOf(key)
  checkUse(jwk, alg)
  const parts = key.export({ format: 'jwk' }) as JWK
  const kid: unknown = jwk.kid ?? (await calculateJwkThumbprint(parts))
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_CHARACTERS) {
    throw new PublicKeyError(`The key's "kid" must be a string of 1 to ${MAX_KID_CHARACTERS} characters.`)
  }
  return { ...(parts as Pick<PublicKey, 'kty'>), kid, alg, use: 'sig' }
}

interface Input {
  key: KeyObject
  /** What the file says about the key beside its numbers. */
  jwk: JWK
}

function fromPem(text: string): Input {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1]
  if (label === undefined) {
    throw new PublicKeyError('The file is neither PEM nor JSON. Give a PEM public key, a JWK or a JWKS.')
  }
  if (text.includes('PRIVATE KEY-----')) throw privateKeyError()
  if (label !== 'PUBLIC KEY') {
    throw new PublicKeyError(`The PEM holds "${label}", not "PUBLIC KEY".`)
  }
  try {
    return { key: createPublicKey(text), jwk: {} }
  } catch (cause) {
    throw new PublicKeyError('The PEM public key cannot be read; it may be cut off.', { cause })
  }
}

function fromJson(text: string): Input {
  const jwk = onlyKey(parse(text))
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) throw privateKeyError()
  try {
    return { key: createPublicKey({ key: jwk, format: 'jwk' }), jwk }
  } catch (cause) {
    throw new PublicKeyError('The JWK cannot be read: it lacks parts, or its type is not EC or RSA.', {
      cause,
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PublicKeyError('The file starts like JSON but is not.', { cause })
  }
}

function onlyKey(json: unknown): JWK {
  const { keys } = json as { keys?: unknown }
  if (keys === undefined) return json as JWK
  if (!Array.isArray(keys) || keys.length !== 1 || typeof keys[0] !== 'object' || keys[0] === null) {
    throw new PublicKeyError('A JWKS must hold exactly one key, the one this client signs with.')
  }
  return keys[0]
}

function algorithmOf(key: KeyObject): PublicKey['alg'] {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ec') {
    if (namedCurve === 'prime256v1') return 'ES256'
    throw new PublicKeyError(`The curve is ${namedCurve}. Use P-256 (ES256).`)
  }
  if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS) return 'RS256'
    throw new PublicKeyError(
      `The RSA key has ${modulusLength} bits. Use ${MIN_RSA_BITS} to ${MAX_RSA_BITS} (RS256).`,
    )
  }
  throw new PublicKeyError(`The key's type is ${key.asymmetricKeyType}. Use EC P-256 (ES256) or RSA (RS256).`)
}

function checkUse(jwk: JWK, alg: string): void {
  if (jwk.alg !== undefined && jwk.alg !== alg) {
    throw new PublicKeyError(`The JWK is for ${jwk.alg}; assertions are signed with ES256 or RS256.`)
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') {
    throw new PublicKeyError(`The JWK's "use" is "${jwk.use}". Give a key that signs ("sig").`)
  }
}

function privateKeyError(): PublicKeyError {
  return new PublicKeyError(
    'This is a private key. It must not leave the client: give its public half ' +
      '(openssl pkey -in private.pem -pubout -out public.pem).',
  )
}
