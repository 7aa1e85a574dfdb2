import type { DatabaseSync } from 'node:sqlite'
import { StoreUnusable } from '../errors.ts'

/** "Parl" in SQLite's application id: marks the file as ours. */
export const APPLICATION_ID = 0x5061726c

/** Throws StoreUnusable for a database that another program has made. An empty one will be ours. */
export function checkOurs(db: DatabaseSync): void {
  // In this order: the mark and the first table are committed together, so whoever sees a table sees the mark.
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number }
  if (tables.n > 0 && pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new StoreUnusable('The file is an SQLite database of another program. Name another file.')
  }
}

/** The value of a pragma that gives a number. */
export function pragma(db: DatabaseSync, name: string): number {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number
}
