import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { plainDocument } from '../../src/interaction/page.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'

/**
 * Opens a store in a directory of its own for the tests of a suite, and removes it after them. Gives a function
 * that makes a new account in it, so that each test has one of its own.
 */
export function storeOfSuite(): () => Promise<{ store: Store; account: string }> {
  let directory: string
  let store: Store
  let accounts = 0
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parlance-ingest-'))
    store = await openStore(`sqlite:${join(directory, 'test.db')}`)
  })
  after(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })
  return async () => {
    accounts += 1
    const account = `account-${accounts}`
    await store.createAccount({ accountId: account, name: 'Test', createdAt: 0 })
    return { store, account }
  }
}

/** The stored document as text, or undefined. */
export async function storedText(store: Store, account: string, id: string): Promise<string | undefined> {
  const stored = await store.getInteraction(account, id)
  return stored && plainDocument(stored.document).toString()
}
