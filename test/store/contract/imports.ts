import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ImportState } from '../../../src/store/store.ts'
import { draft, listedIds } from './drafts.ts'
import { openFor, type SharedStore, type StoreDriver } from './driver.ts'

const BEFORE: ImportState = { place: 7, created: 3, updated: 2, unchanged: 1, rejected: 1 }

export function importContract(driver: StoreDriver, shared: SharedStore): void {
  describe('imports', () => {
    test('progress is kept with the batch, its outcomes counted', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.writeInteractions(accountId, [draft({ id: 'a' }), draft({ id: 'b' })])
      assert.equal(await store.getImport(accountId, 'file'), undefined)
      const batch = [
        draft({ id: 'a' }),
        draft({ id: 'b', text: 'changed' }),
        draft({ id: 'b', open: true }),
        draft({ id: 'c' }),
        draft({ id: 'd' }),
      ]
      await store.writeInteractions(accountId, batch, { progress: { source: 'file', state: BEFORE } })
      assert.deepEqual(await store.getImport(accountId, 'file'), {
        place: 7,
        created: 5,
        updated: 3,
        unchanged: 2,
        rejected: 2,
      })
    })

    test('later progress replaces earlier, of this source alone', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const save = (source: string, place: number) =>
        store.writeInteractions(accountId, [], { progress: { source, state: { ...BEFORE, place } } })
      await save('one', 10)
      await save('two', 20)
      await save('one', 2 ** 40)
      assert.deepEqual(await store.getImport(accountId, 'one'), { ...BEFORE, place: 2 ** 40 })
      assert.deepEqual(await store.getImport(accountId, 'two'), { ...BEFORE, place: 20 })
      await store.endImport(accountId, 'one')
      await store.endImport(accountId, 'never begun')
      assert.equal(await store.getImport(accountId, 'one'), undefined)
      assert.deepEqual(await store.getImport(accountId, 'two'), { ...BEFORE, place: 20 })
    })

    test('a batch that fails keeps no progress and none of its documents', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const broken = { ...draft({ id: 'b' }), customerId: null as unknown as string }
      await assert.rejects(
        store.writeInteractions(accountId, [draft({ id: 'a' }), broken], {
          progress: { source: 'file', state: BEFORE },
        }),
      )
      assert.equal(await store.getImport(accountId, 'file'), undefined)
      assert.deepEqual(await listedIds(store, accountId), [])
      assert.equal(await store.getRevision(accountId), 0)
    })

    test('progress outlives the process', async (t) => {
      const opened = await openFor(t, driver)
      await opened.store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
      await opened.store.writeInteractions('acme', [], { progress: { source: 'file', state: BEFORE } })
      const store = await opened.reopen()
      assert.deepEqual(await store.getImport('acme', 'file'), BEFORE)
    })
  })
}
