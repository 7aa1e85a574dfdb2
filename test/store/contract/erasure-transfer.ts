import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Tombstone } from '../../../src/store/erasure.ts'
import type { ErasureRecord } from '../../../src/store/transfer.ts'
import { draft, jsonOf, listedIds, NOON, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { changesOf, erase, finishErasing, NOW } from './living-drafts.ts'

const tombstone = (id: string, revision: number, reason: Tombstone['reason'] = 'customer'): Tombstone => ({
  id,
  revision,
  erasedAt: NOW,
  reason,
})

/** Without properties that are undefined. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

export function erasureTransferContract(shared: SharedStore): void {
  describe('moving what was erased', () => {
    test('tombstones come in order of revision, and take interactions of their ids away', async () => {
      const { store } = shared
      const [accountId, other] = [await shared.account(), await shared.account()]
      for (const each of [accountId, other]) {
        for (const id of ['a', 'b', 'c']) await write(store, each, draft({ id }))
      }
      const given = [tombstone('b', 4), tombstone('never', 5, 'retention'), tombstone('c', 6, 'account')]
      for (let times = 0; times < 2; times += 1) await store.transfer.writeTombstones(accountId, given, 7)
      assert.equal(await store.getRevision(accountId), 7)
      assert.deepEqual(await store.transfer.readTombstones(accountId, { after: 0, limit: 9 }), given)
      assert.deepEqual(await store.transfer.readTombstones(accountId, { after: 4, limit: 1 }), [given[1]])
      assert.deepEqual(await listedIds(store, accountId), ['a'])
      assert.equal((await write(store, accountId, draft({ id: 'never' }))).outcome, 'rejected')
      assert.deepEqual(await changesOf(store, accountId, 1), [
        [4, 'b', 'erased', 'customer'],
        [5, 'never', 'erased', 'retention'],
        [6, 'c', 'erased', 'account'],
      ])
      assert.deepEqual(await store.transfer.readTombstones(other, { after: 0, limit: 9 }), [])
      assert.deepEqual(await listedIds(store, other), ['a', 'b', 'c'])
    })

    test('what stands beside its tombstone, as a process of an older version leaves it, is erased like others', async () => {
      const { store } = shared
      const [accountId, other] = [await shared.account(), await shared.account()]
      await write(store, other, draft())
      const records = await store.transfer.readInteractions(other, { after: 0, limit: 1, maxBytes: 1e6 })
      await erase(store, accountId, { kind: 'interactions', ids: ['one'] })
      await store.transfer.writeInteractions(
        accountId,
        records.map((record) => ({ ...record, revision: 2 })),
        2,
      )
      await erase(store, accountId, { kind: 'account' })
      assert.equal(await finishErasing(store, accountId), 1)
      assert.deepEqual(await changesOf(store, accountId), [[4, 'one', 'erased', 'account']])
    })

    test('an account that there is not takes none', async () => {
      const { transfer } = shared.store
      await assert.rejects(transfer.writeTombstones('nobody', [tombstone('a', 1)], 1), /no account nobody/)
    })

    test('erased customers stay refused, with the key of their hashes, one and all', async () => {
      const { store } = shared
      const [from, to] = [await shared.account(), await shared.account()]
      for (const customerId of ['x', 'y']) await erase(store, from, { kind: 'customer', customerId })
      await erase(store, from, { kind: 'account' }, NOON / 1000)
      const customers = await store.transfer.readErasedCustomers(from, { limit: 9 })
      assert.deepEqual(
        customers.map(({ hash, erasedAt }) => [hash.length, erasedAt]),
        [
          [0, NOON],
          [32, NOW * 1000],
          [32, NOW * 1000],
        ],
      )
      const single: unknown[] = []
      for (let after: Uint8Array | undefined; single.length < 9; ) {
        const [next] = await store.transfer.readErasedCustomers(from, { limit: 1, ...(after && { after }) })
        if (next === undefined) break
        single.push(next)
        after = next.hash
      }
      assert.deepEqual(single, customers)

      const record = await store.transfer.readAccount(from)
      assert.ok(record?.erasureKey)
      const account = { ...record.account, accountId: to }
      await store.transfer.writeAccount({ ...record, account })
      for (let times = 0; times < 2; times += 1) await store.transfer.writeErasedCustomers(to, customers)
      const tried = [
        draft({ id: 'a', customer: 'x', at: NOW * 1000 }),
        draft({ id: 'b', customer: 'z', at: NOON }),
        draft({ id: 'c', customer: 'z', at: NOON + 1 }),
      ]
      const results = await store.writeInteractions(to, tried)
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ['rejected', 'rejected', 'created'],
      )
    })

    test('erasures come in order of id, and go on where they were', async () => {
      const { store } = shared
      const accountId = await shared.account()
      for (const customer of ['x', 'y']) await write(store, accountId, draft({ id: customer, customer }))
      const told = { kind: 'customer', requestedAt: 5, interactions: 7 } as const
      const given: ErasureRecord[] = [
        { ...told, erasureId: 'a', clientId: 'officer', erasedAt: 6, purgedAt: 8 },
        { ...told, erasureId: 'b', erasing: { customerId: 'x', revision: 2 } },
        { ...told, erasureId: 'c', kind: 'account', erasing: { revision: 1 } },
      ]
      for (let times = 0; times < 2; times += 1) await store.transfer.writeErasures(accountId, given)
      assert.deepEqual(plain(await store.transfer.readErasures(accountId, { limit: 9 })), given)
      const some = await store.transfer.readErasures(accountId, { after: 'a', limit: 1 })
      assert.deepEqual(plain(some), [given[1]])
      assert.equal(await jsonOf(store, accountId, 'x'), undefined)
      assert.notEqual(await jsonOf(store, accountId, 'y'), undefined)
      assert.equal(await finishErasing(store, accountId), 1)
      assert.equal((await store.getErasure(accountId, 'b'))?.erasedAt, NOW)
      // One that is done takes the place of what went on.
      await store.transfer.writeErasures(accountId, [{ ...told, erasureId: 'b', erasedAt: 9 }])
      const [, again] = await store.transfer.readErasures(accountId, { limit: 9 })
      assert.deepEqual(plain(again), { ...told, erasureId: 'b', erasedAt: 9 })
    })
  })
}
