import type { TestContext } from 'node:test'
import { openKeyring } from '../../src/auth/keyring.ts'
import type { Store } from '../../src/store/store.ts'
import { draft, NOON } from '../store/contract/drafts.ts'
import { openFor, type StoreDriver } from '../store/contract/driver.ts'

export async function openNew(t: TestContext, driver: StoreDriver): Promise<Store> {
  return (await openFor(t, driver)).store
}

export const ACCOUNTS = ['acme', 'globex']

/** A store as one is after some days: keys, clients, imports that run, interactions that have ended, changed, moved. */
export async function fillStore(store: Store, interactions = 120): Promise<void> {
  await openKeyring(store, undefined)
  await store.setSetting('served_url', 'https://example.test')
  for (const [index, accountId] of ACCOUNTS.entries()) {
    await store.createAccount({ accountId, name: `Account ${index}`, createdAt: index })
    const client = { clientId: `${accountId}.client`, name: 'Client', scope: 'x', createdAt: 7 }
    await store.createClient(accountId, { ...client, secretHash: `secret of ${accountId}` })
    await store.useAssertion(accountId, client.clientId, { jti: 'used', expiresAt: 99, now: 1 })
    const state = { place: 3, created: 1, updated: 0, unchanged: 0, rejected: 2 }
    const drafts = Array.from({ length: interactions }, (_, n) =>
      draft({
        id: `i${n}`,
        at: NOON + ((n * 7919) % interactions),
        text: `${accountId} ${n}`.repeat(1 + (n % 9)),
      }),
    )
    await store.writeInteractions(accountId, drafts, { progress: { source: 'file', state } })
    await store.writeInteractions(accountId, [
      draft({ id: 'open', open: true }),
      draft({ id: 'i3', at: NOON - 5000, text: 'moved' }),
    ])
  }
}
