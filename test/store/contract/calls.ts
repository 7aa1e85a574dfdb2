import type { Key, Store } from '../../../src/store/store.ts'
import type { Transfer } from '../../../src/store/transfer.ts'
import { ALWAYS, draft, message } from './drafts.ts'

/**
 * One call of each method, for what holds of all of them. The types see to it that a method that is added to
 * the interface is added here.
 */
type Call = (store: Store, accountId: string) => Promise<unknown>

/** Methods that take an account. */
type AccountMethod = Exclude<keyof Store, GlobalMethod | 'location' | 'lockTimeout' | 'transfer' | 'close'>
type GlobalMethod =
  | 'createAccount'
  | 'listAccounts'
  | 'listKeys'
  | 'ensureKey'
  | 'rotateKey'
  | 'replaceKeyMaterial'
  | 'getSetting'
  | 'setSetting'
  | 'purge'
  | 'claim'
  | 'ping'
  | 'inspect'

const CLIENT = 'shared.client'
const SOURCE = 'file'
const ERASURE = 'erasure'
export const ASSERTION = { jti: 'shared-jti', expiresAt: 2000, now: 1000 }
const PROGRESS = {
  source: SOURCE,
  state: { place: 1, created: 0, updated: 0, unchanged: 0, rejected: 0 },
}

/** Fills an account so that every call of it finds something. What it holds names the account. */
export async function fill(store: Store, accountId: string): Promise<void> {
  await ACCOUNT_CALLS.createClient(store, accountId)
  await ACCOUNT_CALLS.useAssertion(store, accountId)
  await store.writeInteractions(accountId, draftsOf(`of ${accountId}`), { progress: PROGRESS })
  await addTo(store, accountId, `of ${accountId}`)
  const target = { kind: 'customer', customerId: 'gone' } as const
  await store.erase(accountId, { erasureId: ERASURE, target, now: 5 })
}

function addTo(store: Store, accountId: string, text: string) {
  const patches = [JSON.stringify(message('added', { text }))]
  return store.addMessages(accountId, { id: 'open', patches, keepUnknownValues: false, now: 5 })
}

function draftsOf(text: string) {
  return [draft({ id: 'ended', text }), draft({ id: 'open', text, open: true })]
}

export const ACCOUNT_CALLS: Record<AccountMethod, Call> = {
  getAccount: (store, accountId) => store.getAccount(accountId),
  renameAccount: (store, accountId) => store.renameAccount(accountId, 'Renamed'),
  setAccountSettings: (store, accountId) =>
    store.setAccountSettings(accountId, { redaction: { kinds: ['email'], patterns: [] } }),
  createClient: (store, accountId) =>
    store.createClient(accountId, {
      clientId: CLIENT,
      name: `of ${accountId}`,
      scope: 'interactions:write',
      secretHash: `secret of ${accountId}`,
      createdAt: 5,
    }),
  getClient: (store, accountId) => store.getClient(accountId, CLIENT),
  listClients: (store, accountId) => store.listClients(accountId),
  updateClient: (store, accountId) => store.updateClient(accountId, CLIENT, { secretHash: 'another' }),
  removeClient: (store, accountId) => store.removeClient(accountId, CLIENT),
  useAssertion: (store, accountId) => store.useAssertion(accountId, CLIENT, ASSERTION),
  getStanding: (store, accountId) => store.getStanding(accountId, CLIENT),
  getRevision: (store, accountId) => store.getRevision(accountId),
  writeInteractions: (store, accountId) =>
    store.writeInteractions(accountId, draftsOf(`more of ${accountId}`), { progress: PROGRESS }),
  getInteraction: (store, accountId) => store.getInteraction(accountId, 'ended'),
  listInteractions: async (store, accountId) => {
    const query = { window: ALWAYS, limit: 10, maxBytes: 1e9 }
    const { free: _, ...listing } = await store.listInteractions(accountId, query)
    return listing
  },
  listChanges: async (store, accountId) => {
    const { free: _, ...changes } = await store.listChanges(accountId, { after: 0, limit: 10, maxBytes: 1e9 })
    return changes
  },
  addMessages: (store, accountId) => addTo(store, accountId, `more of ${accountId}`),
  listOpen: async (store, accountId) => {
    const { free: _, ...listing } = await store.listOpen(accountId, {
      window: ALWAYS,
      limit: 10,
      maxBytes: 1e9,
    })
    return listing
  },
  endIdle: (store, accountId) => store.endIdle(accountId, { before: Number.MAX_SAFE_INTEGER, limit: 10 }),
  erase: async (store, accountId) => {
    const target = { kind: 'interactions' as const, ids: ['ended'] }
    const erased = await store.erase(accountId, { erasureId: 'another', target, now: 5 })
    return JSON.parse(JSON.stringify(erased))
  },
  eraseMore: (store, accountId) => store.eraseMore(accountId, 10, 5),
  expire: (store, accountId) =>
    store.expire(accountId, { endedBefore: Number.MAX_SAFE_INTEGER, limit: 10, now: 5 }),
  getErasure: (store, accountId) => store.getErasure(accountId, ERASURE),
  getImport: (store, accountId) => store.getImport(accountId, SOURCE),
  endImport: (store, accountId) => store.endImport(accountId, SOURCE),
}

export const TRANSFER_CALLS: Record<keyof Transfer, Call> = {
  readDeployment: ({ transfer }) => transfer.readDeployment(),
  writeDeployment: async ({ transfer }) => transfer.writeDeployment(await transfer.readDeployment()),
  removeSetting: ({ transfer }) => transfer.removeSetting('none'),
  readAccount: ({ transfer }, accountId) => transfer.readAccount(accountId),
  writeAccount: async ({ transfer }, accountId) => {
    const record = await transfer.readAccount(accountId)
    if (record !== undefined) await transfer.writeAccount(record)
  },
  readInteractions: ({ transfer }, accountId) => transfer.readInteractions(accountId, RECORDS),
  writeInteractions: async ({ transfer }, accountId) => {
    const records = await transfer.readInteractions(accountId, RECORDS)
    await transfer.writeInteractions(accountId, records, records.at(-1)?.revision ?? 0)
  },
  readTombstones: ({ transfer }, accountId) => transfer.readTombstones(accountId, TOMBSTONES),
  writeTombstones: async ({ transfer }, accountId) => {
    const tombstones = await transfer.readTombstones(accountId, TOMBSTONES)
    await transfer.writeTombstones(accountId, tombstones, tombstones.at(-1)?.revision ?? 0)
  },
  readErasedCustomers: ({ transfer }, accountId) => transfer.readErasedCustomers(accountId, { limit: 100 }),
  writeErasedCustomers: async ({ transfer }, accountId) =>
    transfer.writeErasedCustomers(accountId, await transfer.readErasedCustomers(accountId, { limit: 100 })),
  readErasures: ({ transfer }, accountId) => transfer.readErasures(accountId, { limit: 100 }),
  writeErasures: async ({ transfer }, accountId) =>
    transfer.writeErasures(accountId, await transfer.readErasures(accountId, { limit: 100 })),
}

const TOMBSTONES = { after: 0, limit: 100 }
const RECORDS = { after: 0, limit: 100, maxBytes: 1e9 }

const key = (keyId: string): Key => ({
  keyId,
  purpose: 'signing',
  material: Uint8Array.from([1, 2, 3]),
  sealed: false,
  createdAt: 5,
})

export const GLOBAL_CALLS: Record<GlobalMethod, Call> = {
  createAccount: (store, accountId) =>
    store.createAccount({ accountId: `${accountId}-more`, name: 'More', createdAt: 5 }),
  listAccounts: (store) => store.listAccounts(),
  ensureKey: (store) => store.ensureKey(key('first')),
  rotateKey: (store) => store.rotateKey(key('second'), 9000),
  listKeys: (store) => store.listKeys(),
  replaceKeyMaterial: (store) => store.replaceKeyMaterial([key('first')]),
  setSetting: (store) => store.setSetting('name', 'value'),
  getSetting: (store) => store.getSetting('name'),
  purge: (store) => store.purge(9),
  claim: (store) => store.claim('work', 'holder', 5, 9),
  ping: (store) => store.ping(),
  inspect: (store) => store.inspect(),
}
