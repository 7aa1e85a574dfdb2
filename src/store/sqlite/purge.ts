import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../errors.ts'
import { BUSY_TIMEOUT } from './connect.ts'

/**
 * The setting that says that something was erased since the last purge of which no erasure of this store tells, by retention or by a
 * copy: the account, and its revision, of the last time. It is about this file, and is not copied.
 */
export const UNPURGED = 'unpurged'

/** Notes that there is something to purge, and when it was erased. */
export function unpurgedWrites(db: DatabaseSync): (accountId: string, revision: number) => void {
  const set = db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  return (accountId, revision) => void set.run(UNPURGED, `${accountId} ${revision}`)
}

interface Purgeable {
  accountId: string
  erasureId: string
}

/**
 * Rewrites the file, outside of any transaction: `secure_delete` clears what is deleted, but nobody promises that of pages that
 * were divided meanwhile, and the log keeps what it once took. The file goes through the log as a whole, so this needs as much room
 * again, twice, for a while. StoreUnavailable while another process reads or writes.
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
    const since = performance.now()
    const erasures = purgeable()
    const { value: unpurged } = (statements.unpurged.get(UNPURGED) ?? {}) as { value?: string }
    if (erasures.length === 0 && unpurged === undefined) return false
    checkpoint(db)
    try {
      db.exec('VACUUM')
    } finally {
      // Also where the disk became full of it: the log gives the room back, which others need.
      checkpoint(db)
    }
    note(erasures, unpurged, now + Math.round(performance.now() - since))
    return true
  }
}

/**
 * Milliseconds that it waits for others who read the log. All writes of the process wait as well; there will be another purge.
 */
const CHECKPOINT_TIMEOUT = 1000

/** Empties the log into the file. */
function checkpoint(db: DatabaseSync): void {
  db.exec(`PRAGMA busy_timeout = ${CHECKPOINT_TIMEOUT}`)
  let busy: number
  try {
    busy = (db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy
  } finally {
    // Also where the disk is full: the connection lives on.
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
  }
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
