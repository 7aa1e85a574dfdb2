import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../errors.ts'

const SECOND = 1000
/** How long a statement waits for another process's transaction. Ours hold the lock for milliseconds. */
const BUSY_TIMEOUT = 10 * SECOND

/**
 * Opens the file with the settings that every connection needs, and creates it (readable by its owner alone:
 * it holds conversations and secrets) where it is missing.
 * - WAL: readers do not wait for the writer. synchronous=FULL: with NORMAL a power cut loses commits that
 *   were acknowledged. secure_delete: what is deleted is overwritten with zeros.
 * - 8 KB pages: a compressed conversation takes 1 to 3 KB, so a page holds several.
 */
export function connect(path: string, { queryOnly }: { queryOnly: boolean }): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, enableForeignKeyConstraints: true })
  try {
    db.exec('PRAGMA page_size = 8192')
    becomeWal(db)
    db.exec(`PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;
      PRAGMA journal_size_limit = ${64 * 1024 * 1024}; PRAGMA query_only = ${queryOnly ? 'ON' : 'OFF'}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Two processes that create one file race for this pragma, and SQLite's busy handler does not cover it. */
function becomeWal(db: DatabaseSync): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (resultCode(error) !== SQLITE_BUSY || attempt === 200) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25)
    }
  }
}

const SQLITE_BUSY = 5
/** BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: the file cannot be used now, and may be later. */
const UNAVAILABLE = new Set([SQLITE_BUSY, 6, 8, 10, 13, 14])

/** SQLite's primary result code (https://sqlite.org/rescode.html), or undefined for other errors. */
export function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

/** Turns SQLite's errors that time may cure into StoreUnavailable, and leaves the others. */
export function translateError(error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined || !UNAVAILABLE.has(code)) return error
  return new StoreUnavailable(`SQLite: ${(error as Error).message}`, { cause: error })
}
