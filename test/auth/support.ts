import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newAccountId, newClientId, newClientSecret } from '../../src/auth/ids.ts'
import { hashSecret } from '../../src/auth/secret.ts'
import { openStore } from '../../src/store/open.ts'
import type { ClientCredentials, Store } from '../../src/store/store.ts'

/** Where cleanups go: a test, or a list of a whole file's. */
export interface Cleanups {
  after(cleanup: () => unknown): void
}

/** A file for a store, in a directory that goes when the test does. */
export async function storeFile(t: Cleanups): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-auth-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'parlance.db')
}

/** An embedded store on a file of its own; `file` opens the same one again. */
export async function openTestStore(t: Cleanups, file?: string): Promise<Store> {
  const store = await openStore(`sqlite:${file ?? (await storeFile(t))}`)
  t.after(() => store.close())
  return store
}

export async function createAccount(store: Store, accountId = newAccountId()): Promise<string> {
  await store.createAccount({ accountId, name: 'An account', createdAt: 0 })
  return accountId
}

export const ALL_SCOPES = 'interactions-public:read interactions:write interactions:erase'

export async function createClient(
  store: Store,
  accountId: string,
  credentials: ClientCredentials,
  scope = ALL_SCOPES,
): Promise<string> {
  const clientId = newClientId(accountId)
  await store.createClient(accountId, { clientId, name: 'A client', scope, createdAt: 0, ...credentials })
  return clientId
}

/** A client with a secret. */
export async function createSecretClient(store: Store, accountId: string, scope = ALL_SCOPES) {
  const clientSecret = newClientSecret()
  const clientId = await createClient(store, accountId, { secretHash: hashSecret(clientSecret) }, scope)
  return { clientId, clientSecret }
}

/** Base64url of a text or of a value's JSON. */
export function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}
