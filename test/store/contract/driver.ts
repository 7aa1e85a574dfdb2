import assert from 'node:assert/strict'
import { after, before, type TestContext } from 'node:test'
import type { Store } from '../../../src/store/store.ts'

/** A kind of store that the contract suite runs on. */
export interface StoreDriver {
  name: string
  /** A new, empty store. */
  open(): Promise<OpenedStore>
}

export interface OpenedStore {
  store: Store
  /** Closes the store and opens the same data again. */
  reopen(): Promise<Store>
  /** Closes the store and removes its data. */
  destroy(): Promise<void>
}

/** A store of one test's own, for what is not kept by account. */
export async function openFor(t: TestContext, driver: StoreDriver): Promise<OpenedStore> {
  const opened = await driver.open()
  t.after(() => opened.destroy())
  return opened
}

export interface SharedStore {
  readonly store: Store
  /** A new account of this store. */
  account(): Promise<string>
}

/** One store for all tests of the suite that calls this; each test takes accounts of its own. */
export function shareStore(driver: StoreDriver): SharedStore {
  let opened: OpenedStore | undefined
  let accounts = 0
  before(async () => {
    opened = await driver.open()
  })
  after(() => opened?.destroy())
  return {
    get store() {
      assert.ok(opened)
      return opened.store
    },
    async account() {
      accounts += 1
      const accountId = `account-${accounts}`
      assert.equal(
        await this.store.createAccount({ accountId, name: 'An account', createdAt: accounts }),
        true,
      )
      return accountId
    },
  }
}

/** The same value without properties that are undefined: absent and undefined mean the same. */
export function defined<T extends object>(value: T | undefined): T | undefined {
  if (value === undefined) return undefined
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}
