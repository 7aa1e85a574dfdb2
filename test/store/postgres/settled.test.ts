import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { migrateStore } from '../../../src/store/migrate.ts'
import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import type { Store } from '../../../src/store/store.ts'
import { draft, jsonOf, listedIds, message } from '../contract/drafts.ts'
import { add, NOW } from '../contract/living-drafts.ts'
import { cleanUp } from '../sqlite/support.ts'
import { type Cut, startProxy } from './proxy.ts'
import { runOn, startServer } from './server.ts'

let url = ''

before(async () => {
  // Of its own, for it has to listen on a socket that the proxy can lead to.
  const server = await startServer()
  await runOn(server.url('postgres'), 'CREATE DATABASE parlance')
  url = server.url('parlance')
  await migrateStore(url)
})

interface Work {
  /** What is called, and called again when it was not answered. */
  call(store: Store, accountId: string): Promise<unknown>
  /** What has come of it after the second call, whether the first one did it or not. */
  outcome(store: Store, accountId: string): Promise<unknown>
  expected: unknown
}

const erasing = (target: Parameters<Store['erase']>[1]['target']) => ({
  call: (store: Store, accountId: string) =>
    store.erase(accountId, { erasureId: 'erasure', target, now: NOW }),
  outcome: async (store: Store, accountId: string) => [
    (await store.getErasure(accountId, 'erasure'))?.kind,
    await listedIds(store, accountId),
    await store.getRevision(accountId),
  ],
})

const WORK: Record<string, Work> = {
  'a message': {
    call: (store, accountId) => add(store, accountId, [message('m2')], { id: 'open' }),
    outcome: async (store, accountId) => [
      JSON.parse((await jsonOf(store, accountId, 'open')) ?? '').messages.length,
      await store.getRevision(accountId),
    ],
    expected: [2, 4],
  },
  'an erasure of interactions': {
    ...erasing({ kind: 'interactions', ids: ['a', 'never'] }),
    expected: ['interactions', ['b'], 5],
  },
  'an erasure of a customer': {
    ...erasing({ kind: 'customer', customerId: 'gone' }),
    expected: ['customer', ['b'], 4],
  },
  'a bite of retention': {
    call: (store, accountId) => store.expire(accountId, { endedBefore: NOW * 1000, limit: 10, now: NOW }),
    outcome: async (store, accountId) => [
      await listedIds(store, accountId),
      (await store.transfer.readTombstones(accountId, { after: 0, limit: 10 })).map(
        ({ revision }) => revision,
      ),
    ],
    expected: [[], [4, 5]],
  },
  'an end of what is idle': {
    call: (store, accountId) => store.endIdle(accountId, { before: Number.MAX_SAFE_INTEGER, limit: 10 }),
    outcome: async (store, accountId) => {
      const { ended, revision } = (await store.getInteraction(accountId, 'open')) ?? {}
      return [ended, revision]
    },
    expected: [true, 4],
  },
}

let accounts = 0

for (const [what, { call, outcome, expected }] of Object.entries(WORK)) {
  for (const cut of ['before', 'after'] as Cut[]) {
    test(`${what} whose connection is cut ${cut} its commit is settled by the next call`, async (t) => {
      const proxy = await startProxy(t, url)
      // Kept statements are sent by their names, by which the proxy does not know a commit.
      const store = await openPostgresStore(proxy.url, { preparedStatements: 'off' })
      cleanUp(t, () => store.close())
      accounts += 1
      const accountId = `account-${accounts}`
      await store.createAccount({ accountId, name: accountId, createdAt: 1 })
      await store.writeInteractions(accountId, [
        draft({ id: 'a', customer: 'gone' }),
        draft({ id: 'b' }),
        draft({ id: 'open', open: true }),
      ])
      const done = proxy.cutAtCommit(cut)
      await assert.rejects(call(store, accountId), StoreUnavailable)
      await done
      await call(store, accountId)
      assert.deepEqual(await outcome(store, accountId), expected)
      await call(store, accountId)
      assert.deepEqual(await outcome(store, accountId), expected)
    })
  }
}
