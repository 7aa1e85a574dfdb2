import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import type { StoreDriver } from '../contract/driver.ts'
import { createDatabase } from './databases.ts'

/** The store on PostgreSQL, each on a database of its own; `through` gives the URL by which it is reached. */
export function postgresBy(name: string, through: (url: string) => string): StoreDriver {
  return {
    name,
    async open() {
      const url = through(await createDatabase())
      let store = await openPostgresStore(url)
      return {
        store,
        async reopen() {
          await store.close()
          store = await openPostgresStore(url)
          return store
        },
        // The database goes with the others of the file, when it is known whether a test has failed.
        destroy: () => store.close(),
      }
    },
  }
}

export const postgresDriver = postgresBy('PostgreSQL', (url) => url)
