import { type Cipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { blockCipher, counterMode, type MacKey, mac, macKey } from './primitives.ts'

/**
 * A cursor is a sealed place in an order. Sealing is deterministic authenticated encryption in the SIV
 * construction (Rogaway and Shrimpton, 2006; the idea of RFC 5297 with HMAC-SHA-256 and AES-256-CTR): the tag
 * over everything is also the initialisation vector, so the same place is always sealed to the same bytes and
 * no nonce can repeat for two places.
 *
 *   version (1 byte) ‖ key tag (4 bytes) ‖ SIV (16 bytes) ‖ ciphertext, as base64url
 *
 * Kind and account are authenticated but not carried: a cursor of another account or another kind of listing
 * does not open.
 */
export interface CursorKey {
  /** 32 bytes. */
  secret: Uint8Array
  /** What is derived from the secret: once, since that costs more than sealing. */
  encryption: Cipheriv
  authentication: MacKey
  /** Names the key in cursors and tags, and tells nothing of its secret. */
  tag: Uint8Array
}

/** Makes a key of 32 secret bytes. */
export function cursorKey(secret: Uint8Array): CursorKey {
  return {
    secret,
    encryption: blockCipher(derive(secret, 'encrypt')),
    authentication: macKey(derive(secret, 'authenticate')),
    tag: derive(secret, 'name').subarray(0, TAG_BYTES),
  }
}

/** The key that seals, and all that may open: cursors outlive rotated keys. */
export interface CursorKeys {
  current: CursorKey
  all: readonly CursorKey[]
}

export type CursorKind = 'listing' | 'changes' | 'interactions'

const VERSION = 1
const VERSION_BYTE = Uint8Array.of(VERSION)
const TAG_BYTES = 4
const SIV_BYTES = 16
const HEADER_BYTES = 1 + TAG_BYTES + SIV_BYTES
/** Longer strings are not looked at. The longest of ours has 404 characters. */
const MAX_CHARACTERS = 1024

export function sealCursor(keys: CursorKeys, kind: CursorKind, accountId: string, place: Uint8Array): string {
  const key = keys.current
  const siv = sivOf(key, kind, accountId, place)
  const sealed = counterMode(key.encryption, siv, place)
  return Buffer.concat([VERSION_BYTE, key.tag, siv, sealed]).toString('base64url')
}

/** Gives the place, or undefined for a cursor that is broken, forged, of another kind or of another account. */
export function openCursor(
  keys: CursorKeys,
  kind: CursorKind,
  accountId: string,
  cursor: string,
): Uint8Array | undefined {
  if (cursor.length > MAX_CHARACTERS) return undefined
  const sealed = Buffer.from(cursor, 'base64url')
  // Decoding skips foreign characters and spare bits; only the very text that we issue is accepted.
  if (sealed.length < HEADER_BYTES || sealed.toString('base64url') !== cursor) return undefined
  if (sealed[0] !== VERSION) return undefined
  const tag = sealed.subarray(1, 1 + TAG_BYTES)
  const key = keys.all.find((each) => timingSafeEqual(each.tag, tag))
  if (key === undefined) return undefined
  const siv = sealed.subarray(1 + TAG_BYTES, HEADER_BYTES)
  const place = counterMode(key.encryption, siv, sealed.subarray(HEADER_BYTES))
  return timingSafeEqual(sivOf(key, kind, accountId, place), siv) ? place : undefined
}

function sivOf({ authentication }: CursorKey, kind: string, accountId: string, place: Uint8Array): Buffer {
  // Lengths before the parts, so that no two different triples run together to the same bytes.
  const context = `${VERSION} ${kind.length} ${Buffer.byteLength(accountId)} ${kind}${accountId}`
  return mac(authentication, [Buffer.from(context), place]).subarray(0, SIV_BYTES)
}

/** The name of a key as text. */
export function cursorKeyName({ tag }: CursorKey): string {
  return Buffer.from(tag).toString('hex')
}

function derive(secret: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', secret).update(`parlance cursor ${purpose}`).digest()
}
