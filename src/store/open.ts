import type { DatabaseOptions } from '../config.ts'
import { StoreUnusable } from './errors.ts'
import { openSqliteStore } from './sqlite/store.ts'
import { COPYING, type Store, type StoreLog } from './store.ts'

/**
 * Opens the store that a database URL names: `sqlite:FILE` (created and upgraded as needed), or
 * `postgres://USER@HOST/NAME` (whose schema `migrate` has made). The options are for PostgreSQL alone.
 * Throws StoreUnusable or StoreUnavailable, both saying what to do.
 */
export async function openStore(
  url: string,
  options: Partial<DatabaseOptions> = {},
  log?: StoreLog,
): Promise<Store> {
  const store = await openStoreAsItIs(url, options, log)
  try {
    const source = await store.getSetting(COPYING)
    if (source === undefined) return store
    throw new StoreUnusable(
      `A copy of ${source.replace(/^\S* /, '')} into ${store.location} has not ended. Run it again: parlance copy --from … --to …`,
    )
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The same, even where a copy into it has not ended: for the copy itself. */
export async function openStoreAsItIs(
  url: string,
  options: Partial<DatabaseOptions> = {},
  log?: StoreLog,
): Promise<Store> {
  const file = fileOf(url)
  if (file !== undefined) return openSqliteStore(file)
  if (isPostgres(url)) {
    // Loaded where it is wanted: its client would be in the memory of every other server too.
    const { openPostgresStore } = await import('./postgres/store.ts')
    return openPostgresStore(url, options, log)
  }
  throw new StoreUnusable(
    `"${redacted(url)}" names no store. Use sqlite:FILE, such as sqlite:data/parlance.db, or postgres://USER@HOST/NAME.`,
  )
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\/./.test(url)
}

/** The file of an embedded store; undefined for any other. */
export function fileOf(url: string): string | undefined {
  if (!url.startsWith('sqlite:') || url.length === 'sqlite:'.length) return undefined
  return url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
}

/** A URL may hold a password; only its scheme is ever repeated. */
function redacted(url: string): string {
  const scheme = /^[\w+.-]+:/.exec(url)?.[0]
  return scheme === undefined ? url.slice(0, 40) : `${scheme}…`
}
