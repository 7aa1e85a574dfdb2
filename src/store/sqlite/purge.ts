import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../errors.ts'

/** The setting that says that retention has erased something since the last purge: the account, and its revision, of the last time. */
export const UNPURGED = 'unpurged'

interface Purgeable {
  accountId: string
  erasureId: string
}

/**
 * Rewrites the file, outside of any transaction: `secure_delete` clears what is deleted, but pages that were split have kept
 * pieces of it (of 2,200 erased documents 3 to 13), and so has the log. The file is then all in the log, from where it is
 * checkpointed; so this needs as much room again, twice, for a while. StoreUnavailable while another process reads or writes.
 */
export function purgeOn(db: DatabaseSync): (now: number) => boolean {
  const statements = prepare(db)

  /** Those that are erased by now: others may be while the file is rewritten. */
  function purgeable(): Purgeable[] {
    const accounts = statements.accounts.all() as { accountId: string }[]
    return accounts.flatMap(({ accountId }) =>
      (statements.erased.all(accountId) as { erasureId: string }[]).map(({ erasureId }) => {
        return { accountId, erasureId }
      }),
    )
  }

  function note(erasures: Purgeable[], unpurged: string | undefined, now: number): void {
    db.exec('BEGIN IMMEDIATE')
    try {
      for (const { accountId, erasureId } of erasures) statements.note.run(now, accountId, erasureId)
      if (unpurged !== undefined) statements.forget.run(UNPURGED, unpurged)
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  return (now) => {
    const erasures = purgeable()
    const { value: unpurged } = (statements.unpurged.get(UNPURGED) ?? {}) as { value?: string }
    if (erasures.length === 0 && unpurged === undefined) return false
    checkpoint(db)
    db.exec('VACUUM')
    checkpoint(db)
    note(erasures, unpurged, now)
    return true
  }
}

/** Empties the log into the file. */
function checkpoint(db: DatabaseSync): void {
  const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
  if (busy !== 0) throw new StoreUnavailable('SQLite: the log is being read, and could not be emptied')
}

function prepare(db: DatabaseSync) {
  return {
    accounts: db.prepare('SELECT account_id AS accountId FROM accounts'),
    erased: db.prepare(
      `SELECT erasure_id AS erasureId FROM erasures
       WHERE account_id = ? AND purged_at IS NULL AND erased_at IS NOT NULL`,
    ),
    note: db.prepare('UPDATE erasures SET purged_at = ? WHERE account_id = ? AND erasure_id = ?'),
    unpurged: db.prepare('SELECT value FROM settings WHERE name = ?'),
    forget: db.prepare('DELETE FROM settings WHERE name = ? AND value = ?'),
  }
}
