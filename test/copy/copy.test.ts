import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { copyStore } from '../../src/copy/copy.ts'
import { CopyRefused } from '../../src/copy/errors.ts'
import { COPYING, type Store } from '../../src/store/store.ts'
import { draft, jsonOf, listedIds, NOON, write } from '../store/contract/drafts.ts'
import type { StoreDriver } from '../store/contract/driver.ts'
import { postgresDriver } from '../store/postgres/driver.ts'
import { sqliteDriver } from '../store/sqlite/driver.ts'
import { ACCOUNTS, fillStore, openNew } from './support.ts'

const WAYS: [StoreDriver, StoreDriver][] = [
  [sqliteDriver, postgresDriver],
  [postgresDriver, sqliteDriver],
  [sqliteDriver, sqliteDriver],
]

/** The store, whose transfer fails where `fails` says so. */
function failing(store: Store, fails: (call: number) => boolean): Store {
  let calls = 0
  return {
    ...store,
    transfer: {
      ...store.transfer,
      async writeInteractions(...args) {
        calls += 1
        if (fails(calls)) throw new Error('interrupted')
        await store.transfer.writeInteractions(...args)
      },
    },
  }
}

for (const [source, target] of WAYS) {
  describe(`copying from ${source.name} to ${target.name}`, () => {
    test('all is there, to the byte, and back again', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from)
      const to = await openNew(t, target)
      const copied = await copyStore(from, to)
      assert.deepEqual(
        { ...copied, bytes: 0, checksum: '' },
        { accounts: 2, clients: 2, keys: 2, interactions: 242, written: 242, bytes: 0, checksum: '' },
      )
      const back = await openNew(t, source)
      const again = await copyStore(to, back)
      assert.deepEqual(again, copied)
      for (const accountId of ACCOUNTS) {
        assert.deepEqual(await listedIds(to, accountId), await listedIds(from, accountId))
        assert.equal(await jsonOf(to, accountId, 'open'), await jsonOf(from, accountId, 'open'))
        assert.deepEqual(await back.getImport(accountId, 'file'), await from.getImport(accountId, 'file'))
        const clientId = `${accountId}.client`
        assert.equal(
          await to.useAssertion(accountId, clientId, { jti: 'used', expiresAt: 99, now: 1 }),
          false,
        )
      }
      assert.equal(await to.getSetting(COPYING), undefined)
    })

    test('another run brings what has changed since', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      const to = await openNew(t, target)
      const first = await copyStore(from, to)
      await write(from, 'acme', draft({ id: 'i5', at: NOON + 9_000_000, text: 'moved to the end' }))
      await write(from, 'acme', draft({ id: 'open', text: 'ended' }))
      await write(from, 'globex', draft({ id: 'new' }))
      await from.removeClient('acme', 'acme.client')
      const second = await copyStore(from, to)
      assert.deepEqual([second.written, second.interactions, second.clients], [3, first.interactions + 1, 1])
      assert.notEqual(second.checksum, first.checksum)
      assert.deepEqual(await listedIds(to, 'acme'), await listedIds(from, 'acme'))
      assert.equal((await copyStore(from, to)).written, 0)
    })

    test('an interrupted copy goes on behind what is over there, and is none before it has ended', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 1200)
      const to = await openNew(t, target)
      await assert.rejects(
        copyStore(
          from,
          failing(to, (call) => call === 3),
        ),
        /interrupted/,
      )
      assert.equal(await to.getSetting(COPYING), from.location)
      const copied = await copyStore(from, to)
      assert.deepEqual([copied.interactions, copied.written], [2402, 2402 - 2 * 500])
    })

    test('what differs is told, and the target stays closed', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      const to = await openNew(t, target)
      await copyStore(from, to)
      const [record] = await to.transfer.readInteractions('acme', { after: 6, limit: 1, maxBytes: 1 })
      assert.ok(record)
      const damaged = Uint8Array.from(record.block.deflated)
      damaged.set([255], damaged.length - 6)
      const block = { ...record.block, deflated: damaged }
      const revision = (await to.getRevision('acme')) ?? 0
      await to.transfer.writeInteractions('acme', [{ ...record, block }], revision)
      await assert.rejects(copyStore(from, to), (error) => {
        assert.ok(error instanceof CopyRefused)
        assert.match(error.message, new RegExp(`"${record.id}" of the account acme is not the same`))
        return true
      })
      assert.notEqual(await to.getSetting(COPYING), undefined)
    })

    test('a source that is written to is followed until it rests', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 30)
      const to = await openNew(t, target)
      let writes = 0
      const busy: Store = {
        ...to,
        transfer: {
          ...to.transfer,
          async readAccount(accountId) {
            // Between copying and comparing, twice.
            if (writes < 2) {
              writes += 1
              await write(from, 'acme', draft({ id: `late${writes}` }))
            }
            return to.transfer.readAccount(accountId)
          },
        },
      }
      const copied = await copyStore(from, busy)
      assert.equal(copied.interactions, 64)
      assert.deepEqual(await listedIds(to, 'acme'), await listedIds(from, 'acme'))
    })
  })
}

describe('a copy is refused', () => {
  const refused = (from: Store, to: Store, message: RegExp) =>
    assert.rejects(
      copyStore(from, to),
      (error) => error instanceof CopyRefused && message.test(error.message),
    )

  test('into a store with data of its own, which stays as it is', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await fillStore(to, 7)
    const before = await listedIds(to, 'acme')
    await refused(from, to, /another deployment's data/)
    assert.deepEqual(await listedIds(to, 'acme'), before)
    assert.equal(await to.getSetting(COPYING), undefined)
  })

  test('into a copy that has been written to by itself', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await copyStore(from, to)
    await write(to, 'acme', draft({ id: 'own' }))
    await refused(from, to, /acme in .* has been written to by itself/)
    // Even where the source has gone on as far.
    await write(from, 'acme', draft({ id: 'other' }))
    await refused(from, to, /acme in .* has been written to by itself/)
    await to.createAccount({ accountId: 'new', name: '', createdAt: 1 })
    assert.equal(await to.getSetting(COPYING), undefined)
  })

  test('into a copy with an account of its own', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await copyStore(from, to)
    await to.createAccount({ accountId: 'own', name: '', createdAt: 1 })
    await refused(from, to, /has the account own, which/)
  })

  test('out of a copy that has not ended, and into the source itself', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await refused(from, from, /is the source itself/)
    await from.setSetting(COPYING, 'sqlite:elsewhere')
    await refused(from, to, /has not ended/)
  })

  test('where the source never rests', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    let writes = 0
    const restless: Store = {
      ...to,
      transfer: {
        ...to.transfer,
        async readAccount(accountId) {
          writes += 1
          await write(from, 'acme', draft({ id: 'i1', text: `again ${writes}` }))
          return to.transfer.readAccount(accountId)
        },
      },
    }
    await refused(from, restless, /is being written to/)
    assert.notEqual(await to.getSetting(COPYING), undefined)
  })
})
