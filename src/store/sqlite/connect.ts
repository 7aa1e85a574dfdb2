import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../errors.ts'
import { checkOurs } from './ours.ts'

const SECOND = 1000
/** How long a statement waits for another process's transaction. Ours hold the lock for milliseconds. */
export const BUSY_TIMEOUT = 10 * SECOND

/**
 * Opens the file with the settings that every connection needs, and creates it where it is missing. A database
 * of another program is left as it is (StoreUnusable).
 * - WAL: readers do not wait for the writer. synchronous=FULL: with NORMAL a power cut loses commits that
 *   were acknowledged. secure_delete: what is deleted is overwritten with zeros.
 * - 8 KB pages: a compressed conversation takes 1 to 3 KB, so a page holds several.
 */
export function connect(path: string, { queryOnly }: { queryOnly: boolean }): DatabaseSync {
  create(path)
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, enableForeignKeyConstraints: true })
  try {
    checkOurs(db)
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

/**
 * Creates an empty file, readable by its owner alone: it holds conversations and secrets. One that exists is
 * not even opened: closing it would drop every lock that this process holds on it (POSIX locks belong to the
 * process), and another one, thinking itself alone, would take the write-ahead log away.
 */
function create(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    accessSync(path, constants.R_OK | constants.W_OK)
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

export const CLOSED = 'The store is closed.'

const SQLITE_BUSY = 5
/** BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: the file cannot be used now, and may be later. */
const UNAVAILABLE = new Set([SQLITE_BUSY, 6, 8, 10, 13, 14])

/** SQLite's primary result code (https://sqlite.org/rescode.html), or undefined for other errors. */
export function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

/** Turns SQLite's errors that time may cure, and a closed store's, into StoreUnavailable; leaves the others. */
export function translateError(error: unknown): unknown {
  // What node:sqlite says of a connection that is closed.
  if ((error as NodeJS.ErrnoException).code === 'ERR_INVALID_STATE') return new StoreUnavailable(CLOSED)
  const code = resultCode(error)
  if (code === undefined || !UNAVAILABLE.has(code)) return error
  return new StoreUnavailable(`SQLite: ${(error as Error).message}`, { cause: error })
}
