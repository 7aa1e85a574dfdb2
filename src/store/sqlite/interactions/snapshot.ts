import type { DatabaseSync } from 'node:sqlite'

/** Reads of one moment, where that takes more than one statement. */
export function inSnapshot<Result>(db: DatabaseSync, read: () => Result): Result {
  db.exec('BEGIN')
  try {
    return read()
  } finally {
    db.exec('COMMIT')
  }
}
