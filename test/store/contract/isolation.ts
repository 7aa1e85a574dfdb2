import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../../../src/store/store.ts'
import { ACCOUNT_CALLS, fill } from './calls.ts'
import { draft, textOf } from './drafts.ts'
import type { SharedStore } from './driver.ts'

/** What each call answers in an account that holds nothing, whatever other accounts hold. */
const IN_AN_EMPTY_ACCOUNT: Partial<Record<keyof typeof ACCOUNT_CALLS, unknown>> = {
  renameAccount: true,
  setAccountSettings: true,
  createClient: undefined,
  getClient: undefined,
  listClients: [],
  updateClient: false,
  removeClient: false,
  useAssertion: true,
  getStanding: { revision: 0, client: false },
  getStandingAndListing: { standing: { revision: 0, client: false }, listing: { blocks: [], count: 0 } },
  getStandingAndInteraction: { standing: { revision: 0, client: false }, interaction: undefined },
  getRevision: 0,
  writeInteractions: [
    { outcome: 'created', revision: 1 },
    { outcome: 'created', revision: 2 },
  ],
  getInteraction: undefined,
  listInteractions: { blocks: [], count: 0 },
  listChanges: { changes: [], more: false, reached: 0 },
  addMessages: { outcome: 'rejected', reason: 'unknown', problems: [] },
  listOpen: { blocks: [], count: 0 },
  endIdle: { count: 0, revision: 0, more: false },
  erase: {
    erasure: { erasureId: 'another', kind: 'interactions', requestedAt: 5, interactions: 0, erasedAt: 5 },
    unknown: ['ended'],
    revision: 1,
  },
  eraseMore: { count: 0, revision: 0, more: false },
  expire: { count: 0, revision: 0, more: false },
  getErasure: undefined,
  getImport: undefined,
  endImport: undefined,
}

/** What is undefined for an account that does not exist. */
const OF_NOBODY: Partial<Record<keyof typeof ACCOUNT_CALLS, undefined>> = {
  getStanding: undefined,
  getStandingAndListing: undefined,
  getStandingAndInteraction: undefined,
  getRevision: undefined,
}

const REJECTED_WITHOUT_ACCOUNT = new Set(['createClient', 'writeInteractions', 'addMessages', 'erase'])

/** Everything that can be seen of an account. */
async function sightOf(store: Store, accountId: string): Promise<string> {
  const { getAccount, getClient, listClients, getStanding, getRevision, listInteractions, getImport } =
    ACCOUNT_CALLS
  const { listOpen, listChanges, getErasure } = ACCOUNT_CALLS
  const reads = [
    getAccount,
    getClient,
    listClients,
    getStanding,
    getRevision,
    listInteractions,
    listOpen,
    listChanges,
    getErasure,
    getImport,
  ]
  const seen = await Promise.all(reads.map((read) => read(store, accountId)))
  const interactions = ['ended', 'open'].map(async (id) => {
    const stored = await store.getInteraction(accountId, id)
    return stored && { ...stored, document: textOf(stored.document) }
  })
  // An assertion that was used before is refused; asking leaves no trace.
  const assertion = await ACCOUNT_CALLS.useAssertion(store, accountId)
  return JSON.stringify([seen, await Promise.all(interactions), assertion])
}

export function isolationContract(shared: SharedStore): void {
  describe('isolation of accounts', () => {
    for (const [method, call] of Object.entries(ACCOUNT_CALLS)) {
      test(`${method} in an empty account sees and touches nothing of a full one`, async () => {
        const { store } = shared
        const [full, empty] = [await shared.account(), await shared.account()]
        await fill(store, full)
        const before = await sightOf(store, full)
        const answer = await call(store, empty)
        if (method in IN_AN_EMPTY_ACCOUNT) {
          assert.deepEqual(answer, IN_AN_EMPTY_ACCOUNT[method as keyof typeof ACCOUNT_CALLS])
        }
        assert.equal(await sightOf(store, full), before)
      })

      test(`${method} with ids that another account has as well keeps to its own`, async () => {
        const { store } = shared
        const [one, other] = [await shared.account(), await shared.account()]
        await fill(store, one)
        await fill(store, other)
        const before = await sightOf(store, one)
        assert.ok(before.includes(`of ${one}`) && !before.includes(`of ${other}`))
        // `createClient` is refused here, for the client that this very account has.
        await call(store, other).catch((error) => assert.equal(method, 'createClient', error))
        assert.equal(await sightOf(store, one), before)
      })

      test(`${method} does nothing for an account that does not exist`, async () => {
        const { store } = shared
        const full = await shared.account()
        await fill(store, full)
        const before = await sightOf(store, full)
        const nobody = `${full}-nobody`
        const attempt = call(store, nobody)
        const same = { ...IN_AN_EMPTY_ACCOUNT, ...OF_NOBODY }
        if (REJECTED_WITHOUT_ACCOUNT.has(method)) await assert.rejects(attempt)
        else if (method === 'renameAccount' || method === 'setAccountSettings')
          assert.equal(await attempt, false)
        else assert.deepEqual(await attempt, same[method as keyof typeof same])
        assert.equal(await store.getAccount(nobody), undefined)
        assert.equal(await store.getRevision(nobody), undefined)
        assert.equal(await sightOf(store, full), before)
      })
    }

    test('accounts that write at once count each for itself', async () => {
      const { store } = shared
      const accounts = await Promise.all(Array.from({ length: 4 }, () => shared.account()))
      const writes = accounts.flatMap((accountId) =>
        Array.from({ length: 15 }, (_, n) => store.writeInteractions(accountId, [draft({ id: `i${n}` })])),
      )
      await Promise.all(writes)
      for (const accountId of accounts) assert.equal(await store.getRevision(accountId), 15)
    })
  })
}
