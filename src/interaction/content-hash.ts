import { hash } from 'node:crypto'

const BYTES = 16

/** SHA-256 of a plain document, its first 16 bytes: equal hash, equal content. */
export function contentHash(plain: Uint8Array): Buffer {
  return hash('sha256', plain, 'buffer').subarray(0, BYTES)
}
