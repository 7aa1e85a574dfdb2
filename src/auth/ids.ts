import { randomBytes } from 'node:crypto'

/** Base32 of RFC 4648 in lower case: ids survive being read aloud, and file systems without case. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const ACCOUNT_ID = /^[\w-]{1,64}$/
const ERASURE_ID = /^[a-z2-7]{16}$/
const CLIENT_ID = /^([\w-]{1,64})\.[\w-]{1,64}$/

/** 16 characters of lower-case base32: 80 random bits. */
export function randomId(): string {
  return Array.from(randomBytes(16), (byte) => ALPHABET[byte & 31]).join('')
}

export function newAccountId(): string {
  return randomId()
}

/** Whether `text` can be an account id: 1 to 64 letters, digits, `_` and `-`, ours or an operator's own. */
export function isAccountId(text: unknown): text is string {
  return typeof text === 'string' && ACCOUNT_ID.test(text)
}

export function newErasureId(): string {
  return randomId()
}

/** Whether `text` can be the id of an erasure. */
export function isErasureId(text: string): boolean {
  return ERASURE_ID.test(text)
}

/** `ACCOUNT.RANDOM`: a client id says which account to look in. No account id contains a dot. */
export function newClientId(accountId: string): string {
  if (!isAccountId(accountId)) throw new TypeError(`"${accountId}" is not an account id`)
  return `${accountId}.${randomId()}`
}

/** The account inside a client id, or undefined for what is no client id of ours. */
export function accountOfClientId(clientId: string): string | undefined {
  return CLIENT_ID.exec(clientId)?.[1]
}

/** 256 random bits as 43 characters of base64url. */
export function newClientSecret(): string {
  return randomBytes(32).toString('base64url')
}
