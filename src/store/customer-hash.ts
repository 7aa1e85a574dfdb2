import { createHmac } from 'node:crypto'

/** Bytes of an account's key for `customerHash`. */
export const ERASURE_KEY_BYTES = 32

/**
 * What is kept of a customer who was erased: HMAC-SHA-256 of the id under a key that each account has of its own, made by the
 * first erasure of a customer. It lies in the same store: whoever has the store can test guesses of an id, and read all that was
 * not erased; without the store the hash says nothing. A key elsewhere could be missing when a file is imported, and what was erased
 * would come back.
 */
export function customerHash(key: Uint8Array, customerId: string): Buffer {
  return createHmac('sha256', key).update(customerId).digest()
}

/** Stands for every customer: the whole account was erased. */
export const EVERY_CUSTOMER = new Uint8Array()
