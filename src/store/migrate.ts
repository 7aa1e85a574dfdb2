import type { DatabaseOptions } from '../config.ts'
import { isPostgres, openStoreAsItIs } from './open.ts'

/** What a migration has done. */
export interface Migrated {
  location: string
  /** Versions of the schema that were applied, in order; none where it was up to date. */
  applied: number[]
  /** Tables that were spread over the machines of a Citus cluster. */
  distributed: string[]
}

/**
 * Creates or upgrades the schema of the store that a database URL names, and distributes its tables where the server has
 * Citus. Safe while it is used, and in several processes at once. `told` hears of each step as it is done.
 * Throws StoreUnusable or StoreUnavailable.
 */
export async function migrateStore(
  url: string,
  options: Partial<DatabaseOptions> = {},
  told: (step: string) => void = () => {},
): Promise<Migrated> {
  if (isPostgres(url)) {
    const { migratePostgres } = await import('./postgres/store.ts')
    return migratePostgres(url, options, told)
  }
  // The embedded store upgrades itself when it is opened.
  const store = await openStoreAsItIs(url)
  await store.close()
  return { location: store.location, applied: [], distributed: [] }
}
