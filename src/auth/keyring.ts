import { setTimeout as sleep } from 'node:timers/promises'
import type { JWK } from 'jose'
import type { CursorKey, CursorKeys } from '../interaction/cursor.ts'
import type { Key, KeyPurpose, Store } from '../store/store.ts'
import { KeyringError } from './errors.ts'
import { newKey, openCursorKey, openSigningKey, type SigningKey } from './keys.ts'
import { sealMaterial } from './sealing.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** How long a keyring goes by what it has read before it looks again. */
const MAX_AGE = 10 * SECOND
/** Tokens with key ids that nobody knows make it look no oftener than this. */
const SEARCH_INTERVAL = 1 * SECOND
/** When all processes have surely noticed a new key: their `MAX_AGE`, and clocks that differ. */
const NOTICE = 1 * MINUTE
/** How long a token lives, and the least time for which a key that has been replaced must verify. */
export const TOKEN_LIFETIME = 10 * MINUTE
const DEFAULT_OVERLAP = 24 * 60 * MINUTE

/**
 * The secrets of the deployment, as the store holds them. Every process has one and they agree, since keys
 * are made and replaced in the store. Instants are milliseconds since 1970.
 */
export interface Keyring {
  /**
   * The keys of cursors. A new one opens at once and seals from a minute after it was made: until then a
   * process may not know it, and would refuse a good cursor. The very first seals at once.
   */
  cursorKeys(): CursorKeys
  /** The key that signs: the newest. */
  signingKey(): SigningKey
  /** All keys that verify at `now`, the one that signs first. */
  signingKeys(now: number): SigningKey[]
  /** What `GET /oauth/certs` tells. */
  publicJwks(now: number): { keys: JWK[] }
  /** The key with this id where it verifies at `now`, as far as this process knows. */
  verificationKey(keyId: string, now: number): SigningKey | undefined
  /** The same; for an id that this process does not know it looks into the store, at most once a second. */
  findVerificationKey(keyId: string, now: number): Promise<SigningKey | undefined>
  /** Reads the store again. */
  refresh(): Promise<void>
  /** Reads the store again where that was ten seconds ago or more. Every use begins with it. */
  keepFresh(): Promise<void>
}

interface Contents {
  /** Oldest first. */
  signing: (SigningKey & { retireAt?: number })[]
  cursor: (CursorKey & { createdAt: number })[]
}

/**
 * Opens the keys in the store, and makes those that are missing. Where a master key is given, whatever is
 * not sealed yet is sealed. Throws KeyringError where sealed keys do not open.
 */
export async function openKeyring(
  store: Store,
  masterKey: Uint8Array | undefined,
  now: () => number = Date.now,
): Promise<Keyring> {
  const opener = keyOpener(masterKey)
  let contents = await opener(await prepareKeys(store, masterKey, now()))
  let readAt = now()
  let begun = 0
  let applied = 0
  let reading: Promise<void> | undefined
  let searching: Promise<void> | undefined
  let searchedAt = Number.NEGATIVE_INFINITY

  async function refresh(): Promise<void> {
    const turn = ++begun
    const startedAt = now()
    const next = await opener(await store.listKeys())
    // A slow read must not undo a later one.
    if (turn < applied) return
    applied = turn
    contents = next
    readAt = startedAt
  }

  async function keepFresh(): Promise<void> {
    if (Math.abs(now() - readAt) < MAX_AGE) return
    reading ??= refresh().finally(() => {
      reading = undefined
    })
    await reading
  }

  /** Whoever comes while a search waits for its turn shares it; once it reads, the next one is begun. */
  function search(): Promise<void> {
    searching ??= (async () => {
      const wait = Math.min(searchedAt + SEARCH_INTERVAL - now(), SEARCH_INTERVAL)
      await (wait > 0 ? sleep(wait, undefined, { ref: false }) : undefined)
      searchedAt = now()
      searching = undefined
      await refresh()
    })()
    return searching
  }

  const signingKeys = (at: number) => [
    signingKeyOf(contents),
    ...contents.signing.filter((key) => key !== signingKeyOf(contents) && verifies(key, at)),
  ]
  function verificationKey(keyId: string, at: number): SigningKey | undefined {
    return contents.signing.find((key) => key.keyId === keyId && verifies(key, at))
  }

  return {
    cursorKeys: () => cursorKeysOf(contents, now()),
    signingKey: () => signingKeyOf(contents),
    signingKeys,
    publicJwks: (at) => ({ keys: signingKeys(at).map(({ publicJwk }) => publicJwk) }),
    verificationKey,
    async findVerificationKey(keyId, at) {
      if (!contents.signing.some((key) => key.keyId === keyId)) await search()
      return verificationKey(keyId, at)
    },
    refresh,
    keepFresh,
  }
}

/**
 * Makes a new signing key, which signs from now on. The one before goes on verifying for `overlapMs`
 * (default 24 hours, at least the ten minutes that a token lives) after every process has noticed. Gives its id.
 */
export async function rotateSigningKey(
  store: Store,
  masterKey: Uint8Array | undefined,
  { now, overlapMs = DEFAULT_OVERLAP }: { now: number; overlapMs?: number },
): Promise<string> {
  if (!(overlapMs >= TOKEN_LIFETIME)) {
    throw new RangeError('The overlap must be at least ten minutes: tokens that are out live as long.')
  }
  return rotate(store, masterKey, 'signing', now, now + NOTICE + overlapMs)
}

/** Makes a new cursor key. The ones before go on opening for ever: links outlive rotations. Gives its id. */
export async function rotateCursorKey(
  store: Store,
  masterKey: Uint8Array | undefined,
  { now }: { now: number },
): Promise<string> {
  return rotate(store, masterKey, 'cursor', now, undefined)
}

async function rotate(
  store: Store,
  masterKey: Uint8Array | undefined,
  purpose: KeyPurpose,
  now: number,
  retireAt: number | undefined,
): Promise<string> {
  const keys = await prepareKeys(store, masterKey, now)
  const latest = Math.max(...keys.filter((key) => key.purpose === purpose).map((key) => key.createdAt))
  // The newest is the one in use, also where this machine's clock is behind.
  const key = await newKey(purpose, masterKey, Math.max(now, latest + 1))
  await store.rotateKey(key, retireAt)
  return key.keyId
}

/** Opens what is there before anything is added, so that a wrong master key leaves no key behind. */
async function prepareKeys(store: Store, masterKey: Uint8Array | undefined, now: number): Promise<Key[]> {
  const opener = keyOpener(masterKey)
  let keys = await store.listKeys()
  await opener(keys)
  for (const purpose of ['signing', 'cursor'] as const) {
    if (!keys.some((key) => key.purpose === purpose)) {
      keys = await store.ensureKey(await newKey(purpose, masterKey, now))
    }
  }
  await opener(keys)
  const open = keys.filter((key) => !key.sealed)
  if (masterKey === undefined || open.length === 0) return keys
  await store.replaceKeyMaterial(
    open.map((key) => ({
      keyId: key.keyId,
      material: sealMaterial(masterKey, key, key.material),
      sealed: true,
    })),
  )
  return store.listKeys()
}

/**
 * Opens keys, each one once: what an id stands for never changes. So a process that runs without the master
 * key goes on with the keys it has when another one seals them.
 */
function keyOpener(masterKey: Uint8Array | undefined): (keys: Key[]) => Promise<Contents> {
  const signing = new Map<string, SigningKey>()
  const cursor = new Map<string, CursorKey>()
  return async (keys) => {
    const contents: Contents = { signing: [], cursor: [] }
    for (const key of keys) {
      const { keyId, purpose, retireAt, createdAt } = key
      if (purpose === 'signing') {
        const opened = signing.get(keyId) ?? (await openSigningKey(masterKey, key))
        signing.set(keyId, opened)
        contents.signing.push({ ...opened, retireAt })
      } else {
        const opened = cursor.get(keyId) ?? openCursorKey(masterKey, key)
        cursor.set(keyId, opened)
        contents.cursor.push({ ...opened, createdAt })
      }
    }
    return contents
  }
}

function verifies({ retireAt }: { retireAt?: number }, now: number): boolean {
  return retireAt === undefined || now < retireAt
}

/** A rotation gives every key but its own an end, so the one without is in use, whatever the clocks say. */
function signingKeyOf({ signing }: Contents): SigningKey {
  const key = signing.findLast(({ retireAt }) => retireAt === undefined)
  if (key === undefined) {
    throw new KeyringError(
      'Every signing key in the store has been retired. Make a new one: parlance keys rotate.',
    )
  }
  return key
}

function cursorKeysOf({ cursor }: Contents, now: number): CursorKeys {
  const current = cursor.findLast(({ createdAt }) => createdAt + NOTICE <= now) ?? cursor[0]
  if (current === undefined)
    throw new KeyringError('There is no cursor key in the store. Start again to make one.')
  return { current, all: cursor }
}
