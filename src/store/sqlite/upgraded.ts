import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../errors.ts'
import { migrations } from './migrate.ts'

/**
 * Gives what throws StoreUnavailable once a newer version has upgraded the file beneath a process that runs: it would write
 * without regard to what the new schema is for. Costs some 2 µs.
 */
export function upgradeCheck(db: DatabaseSync): () => void {
  const version = db.prepare('PRAGMA user_version')
  const known = migrations().at(-1)?.version ?? 0
  return () => {
    const { user_version } = version.get() as { user_version: number }
    if (user_version <= known) return
    throw new StoreUnavailable('A newer Parlance has upgraded the store. Stop this one, and start that one.')
  }
}
