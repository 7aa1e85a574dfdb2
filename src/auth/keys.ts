import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { type CursorKey, cursorKey } from '../interaction/cursor.ts'
import type { Key, KeyPurpose } from '../store/store.ts'
import { KeyringError } from './errors.ts'
import { randomId } from './ids.ts'
import { plainMaterial, sealMaterial } from './sealing.ts'

/** The one algorithm of our own tokens: small keys and signatures, and every JWT library knows it. */
export const SIGNING_ALGORITHM = 'ES256'
const CURSOR_SECRET_BYTES = 32

export interface SigningKey {
  keyId: string
  /** With `kid`, `alg` and `use`. */
  privateJwk: JWK
  publicJwk: JWK
  privateKey: CryptoKey
  publicKey: CryptoKey
}

/** A new key for the store: its material is a private JWK or 32 random bytes, sealed where there is a master key. */
export async function newKey(
  purpose: KeyPurpose,
  masterKey: Uint8Array | undefined,
  createdAt: number,
): Promise<Key> {
  const keyId = randomId()
  const plain = purpose === 'cursor' ? randomBytes(CURSOR_SECRET_BYTES) : await newSigningMaterial()
  if (masterKey === undefined) return { keyId, purpose, material: plain, sealed: false, createdAt }
  const material = sealMaterial(masterKey, { keyId, purpose }, plain)
  return { keyId, purpose, material, sealed: true, createdAt }
}

async function newSigningMaterial(): Promise<Uint8Array> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  return Buffer.from(JSON.stringify(await exportJWK(privateKey)))
}

/** Throws KeyringError. */
export async function openSigningKey(masterKey: Uint8Array | undefined, key: Key): Promise<SigningKey> {
  const { keyId } = key
  const plain = plainMaterial(masterKey, key)
  try {
    const { d, ...numbers } = JSON.parse(Buffer.from(plain).toString()) as JWK
    const publicJwk = { ...numbers, kid: keyId, alg: SIGNING_ALGORITHM, use: 'sig' }
    const privateJwk = { ...publicJwk, d }
    const privateKey = (await importJWK(privateJwk, SIGNING_ALGORITHM)) as CryptoKey
    const publicKey = (await importJWK(publicJwk, SIGNING_ALGORITHM)) as CryptoKey
    return { keyId, privateJwk, publicJwk, privateKey, publicKey }
  } catch (cause) {
    throw damaged(keyId, cause)
  }
}

/** Throws KeyringError. */
export function openCursorKey(masterKey: Uint8Array | undefined, key: Key): CursorKey {
  const secret = new Uint8Array(plainMaterial(masterKey, key))
  if (secret.length !== CURSOR_SECRET_BYTES) throw damaged(key.keyId)
  return cursorKey(secret)
}

function damaged(keyId: string, cause?: unknown): KeyringError {
  return new KeyringError(
    `Key ${keyId} in the store is damaged. Restore the store from a backup, with its keys.`,
    { cause },
  )
}
