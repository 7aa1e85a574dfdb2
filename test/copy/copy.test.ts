import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { describe, test } from 'node:test'
import { openKeyring } from '../../src/auth/keyring.ts'
import { copyMore, finishCopy } from '../../src/copy/copy.ts'
import { CopyRefused } from '../../src/copy/errors.ts'
import { COPYING, type Store } from '../../src/store/store.ts'
import { draft, jsonOf, listedIds, NOON, write } from '../store/contract/drafts.ts'
import type { StoreDriver } from '../store/contract/driver.ts'
import { postgresDriver } from '../store/postgres/driver.ts'
import { sqliteDriver } from '../store/sqlite/driver.ts'
import { openAcme, openFile } from '../store/sqlite/support.ts'
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
      const copied = await finishCopy(from, to)
      assert.deepEqual(
        { ...copied, bytes: 0, checksum: '' },
        {
          accounts: 2,
          clients: 2,
          keys: 2,
          interactions: 242,
          tombstones: 0,
          written: 242,
          bytes: 0,
          checksum: '',
        },
      )
      const back = await openNew(t, source)
      const again = await finishCopy(to, back)
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
      assert.equal(await copyMore(from, to), 42)
      assert.notEqual(await to.getSetting(COPYING), undefined)
      await write(from, 'acme', draft({ id: 'i5', at: NOON + 9_000_000, text: 'moved to the end' }))
      await write(from, 'acme', draft({ id: 'open', text: 'ended' }))
      await write(from, 'globex', draft({ id: 'new' }))
      await from.removeClient('acme', 'acme.client')
      assert.equal(await copyMore(from, to), 3)
      const copied = await finishCopy(from, to)
      assert.deepEqual([copied.written, copied.interactions, copied.clients], [0, 43, 1])
      assert.deepEqual(await listedIds(to, 'acme'), await listedIds(from, 'acme'))
      assert.equal(await to.getSetting(COPYING), undefined)
    })

    test('what changes while it is compared is brought as well', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      const to = await openNew(t, target)
      let reads = 0
      const changing: Store = {
        ...from,
        transfer: {
          ...from.transfer,
          async readInteractions(accountId, query) {
            // The last account is compared, the first one has been.
            if (accountId === ACCOUNTS.at(-1) && query.after === 0) reads += 1
            if (reads === 2) {
              reads += 1
              await write(from, 'acme', draft({ id: 'late' }))
            }
            return from.transfer.readInteractions(accountId, query)
          },
        },
      }
      const copied = await finishCopy(changing, to)
      assert.equal(reads, 4)
      assert.equal(copied.interactions, 43)
      assert.deepEqual(await listedIds(to, 'acme'), await listedIds(from, 'acme'))
    })

    test('an interrupted copy goes on behind what is over there, and is none before it has ended', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 1200)
      const to = await openNew(t, target)
      await assert.rejects(
        finishCopy(
          from,
          failing(to, (call) => call === 3),
        ),
        /interrupted/,
      )
      assert.ok((await to.getSetting(COPYING))?.endsWith(` ${from.location}`))
      const copied = await finishCopy(from, to)
      assert.deepEqual([copied.interactions, copied.written], [2402, 2402 - 2 * 500])
    })

    test('what differs is told, and the target stays closed', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      const to = await openNew(t, target)
      await copyMore(from, to)
      const [record] = await to.transfer.readInteractions('acme', { after: 6, limit: 1, maxBytes: 1 })
      assert.ok(record)
      const damaged = Uint8Array.from(record.block.deflated)
      damaged.set([255], damaged.length - 6)
      const block = { ...record.block, deflated: damaged }
      const revision = (await to.getRevision('acme')) ?? 0
      await to.transfer.writeInteractions('acme', [{ ...record, block }], revision)
      await assert.rejects(finishCopy(from, to), (error) => {
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
      const copied = await finishCopy(from, busy)
      assert.equal(copied.interactions, 64)
      assert.deepEqual(await listedIds(to, 'acme'), await listedIds(from, 'acme'))
    })
  })
}

describe('a copy is refused', () => {
  const refused = (from: Store, to: Store, message: RegExp) =>
    assert.rejects(
      finishCopy(from, to),
      (error) => error instanceof CopyRefused && message.test(error.message),
    )

  test('into a store with data of its own, which stays as it is', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await fillStore(to, 7)
    const before = await listedIds(to, 'acme')
    await refused(from, to, /holds accounts/)
    assert.deepEqual(await listedIds(to, 'acme'), before)
    assert.equal(await to.getSetting(COPYING), undefined)
  })

  test('into a copy that has ended, which may have been served since', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await finishCopy(from, to)
    await to.createClient('acme', { clientId: 'acme.new', name: '', scope: '', createdAt: 1 })
    for (const copy of [finishCopy, copyMore]) {
      await assert.rejects(copy(from, to), /holds accounts, by another way or by a copy that has ended/)
    }
    assert.notEqual(await to.getClient('acme', 'acme.new'), undefined)
    assert.equal(await to.getSetting(COPYING), undefined)
  })

  test('into one that was begun from another store, or did not come from this one', async (t) => {
    const [from, other, to] = [
      await openNew(t, sqliteDriver),
      await openNew(t, sqliteDriver),
      await openNew(t, sqliteDriver),
    ]
    await fillStore(from, 5)
    await fillStore(other, 5)
    await copyMore(other, to)
    const mark = await to.getSetting(COPYING)
    await refused(from, to, /was begun from another store/)
    assert.equal(await to.getSetting(COPYING), mark)
    await write(to, 'acme', draft({ id: 'own' }))
    await refused(other, to, /acme in .* did not come from/)
    // Even where the source has gone on as far.
    await write(other, 'acme', draft({ id: 'other' }))
    await refused(other, to, /acme in .* did not come from/)
    await to.createAccount({ accountId: 'own', name: '', createdAt: 1 })
    await refused(other, to, /did not come from/)
  })

  test('out of a copy that has not ended, and into the source itself, by whatever name', async (t) => {
    const { store: from, file } = await openAcme(t)
    await refused(from, from, /is the source itself/)
    const link = `${file}.link`
    symlinkSync(file, link)
    // As empty as it is, for otherwise it is refused for its accounts.
    const empty = await openFile(t, link)
    const emptied = { ...empty, listAccounts: async () => [] }
    await refused(from, emptied, /is the source itself, by another name/)
    assert.equal(await from.getSetting(COPYING), undefined)
    await from.setSetting(COPYING, 'x sqlite:elsewhere')
    await refused(from, await openNew(t, sqliteDriver), /has not ended/)
  })

  test('but not for keys and settings that were never used', async (t) => {
    const [from, to] = [await openNew(t, sqliteDriver), await openNew(t, sqliteDriver)]
    await fillStore(from, 5)
    await openKeyring(to, undefined)
    await to.setSetting('stray', 'value')
    const copied = await finishCopy(from, to)
    assert.equal(copied.keys, 2)
    assert.deepEqual(await to.listKeys(), await from.listKeys())
    assert.equal(await to.getSetting('stray'), undefined)
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
