import { StoreUnusable } from './errors.ts'
import { openSqliteStore } from './sqlite/store.ts'
import type { Store } from './store.ts'

/**
 * Opens the store that a database URL names: `sqlite:FILE` (created and upgraded as needed).
 * Throws StoreUnusable or StoreUnavailable, both saying what to do.
 */
export async function openStore(url: string): Promise<Store> {
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) {
    return openSqliteStore(url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, ''))
  }
  throw new StoreUnusable(
    `"${redacted(url)}" names no store. Use sqlite:FILE, such as sqlite:data/parlance.db.`,
  )
}

/** A URL may hold a password; only its scheme is ever repeated. */
function redacted(url: string): string {
  const scheme = /^[\w+.-]+:/.exec(url)?.[0]
  return scheme === undefined ? url.slice(0, 40) : `${scheme}…`
}
