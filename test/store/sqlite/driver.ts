import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../src/store/open.ts'
import type { StoreDriver } from '../contract/driver.ts'

/** The embedded store, each on a file of its own. */
export const sqliteDriver: StoreDriver = {
  name: 'SQLite',
  async open() {
    const directory = await mkdtemp(join(tmpdir(), 'parlance-store-'))
    const url = `sqlite:${join(directory, 'parlance.db')}`
    let store = await openStore(url)
    return {
      store,
      async reopen() {
        await store.close()
        store = await openStore(url)
        return store
      },
      async destroy() {
        await store.close()
        await rm(directory, { recursive: true })
      },
    }
  },
}
