import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { ACCOUNT_CALLS, GLOBAL_CALLS } from './calls.ts'
import { draft } from './drafts.ts'
import { openFor, type StoreDriver } from './driver.ts'

export function lifecycleContract(driver: StoreDriver): void {
  describe('opening and closing', () => {
    test('an open store answers, and finds nothing wrong with itself', async (t) => {
      const { store } = await openFor(t, driver)
      await store.ping()
      assert.notEqual(store.location, '')
      const checks = await store.inspect()
      assert.notEqual(checks.length, 0)
      // A machine may be short of space, and a test's server may not wait for its disk; that says nothing of the store.
      const excused = ['disk space', 'store durability']
      const faults = checks.filter(({ name, ok }) => !ok && !excused.includes(name))
      assert.deepEqual(faults, [])
    })

    test('closing waits for the writes that run, and takes no more', async (t) => {
      const opened = await openFor(t, driver)
      await opened.store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
      let answered = 0
      for (let n = 0; n < 30; n += 1) {
        opened.store.writeInteractions('acme', [draft({ id: `i${n}` })]).then(() => {
          answered += 1
        })
      }
      const closing = opened.store.close()
      await assert.rejects(opened.store.setSetting('name', 'late'), StoreUnavailable)
      await closing
      assert.equal(answered, 30)
      const store = await opened.reopen()
      assert.equal(await store.getRevision('acme'), 30)
      assert.equal(await store.getSetting('name'), undefined)
    })

    test('closing again, or twice at once, does nothing', async (t) => {
      const { store } = await openFor(t, driver)
      await store.setSetting('name', 'value')
      await Promise.all([store.close(), store.close()])
      await store.close()
    })

    test('a closed store is unavailable', async (t) => {
      const { store } = await openFor(t, driver)
      await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
      await store.close()
      for (const [method, call] of Object.entries({ ...ACCOUNT_CALLS, ...GLOBAL_CALLS })) {
        await assert.rejects(call(store, 'acme'), StoreUnavailable, method)
      }
    })
  })
}
