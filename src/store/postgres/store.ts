import type { Store } from '../store.ts'
import { accountQueries } from './accounts.ts'
import { clientQueries } from './clients.ts'
import { type Database, openDatabase } from './database.ts'
import { importQueries } from './imports.ts'
import { inspect } from './inspect.ts'
import { type Deflater, startDeflater } from './interactions/deflater.ts'
import { interactionReads } from './interactions/read.ts'
import { interactionWrites } from './interactions/write.ts'
import { keyQueries } from './keys.ts'
import { checkSchema } from './migrate.ts'
import { POSTGRES_DEFAULTS, type PostgresOptions } from './options.ts'
import { sql } from './statement.ts'
import { readAddress } from './url.ts'

/**
 * Opens the store on a PostgreSQL database whose schema `parlance migrate` has made. Throws StoreUnusable or
 * StoreUnavailable, both saying what to do.
 */
export async function openPostgresStore(url: string, options: Partial<PostgresOptions> = {}): Promise<Store> {
  const address = readAddress(url)
  const database = openDatabase(address, { ...POSTGRES_DEFAULTS, ...options })
  try {
    await checkSchema(database)
    database.opened()
    return storeOn(database, startDeflater())
  } catch (error) {
    await database.close()
    throw error
  }
}

/** The store's methods on a database with its schema. */
export function storeOn(database: Database, deflater: Deflater): Store {
  return {
    location: database.location,
    ...accountQueries(database),
    ...clientQueries(database),
    ...keyQueries(database),
    ...importQueries(database),
    ...interactionReads(database),
    ...interactionWrites(database, deflater),
    async ping() {
      await database.run(sql('SELECT 1'))
    },
    inspect: () => inspect(database),
    async close() {
      await database.close()
      await deflater.close()
    },
  }
}
