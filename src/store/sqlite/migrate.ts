import { readdirSync, readFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { StoreUnusable } from '../errors.ts'
import { APPLICATION_ID, checkOurs, pragma } from './ours.ts'

const FOLDER = new URL('./migrations/', import.meta.url)

interface Migration {
  version: number
  file: string
}

/** The migrations in order; file names begin with their number. */
export function migrations(): Migration[] {
  const files = readdirSync(FOLDER).filter((file) => /^\d{3}-[\w-]+\.sql$/.test(file))
  return files.sort().map((file) => ({ version: Number(file.slice(0, 3)), file }))
}

/**
 * Brings the schema up to date in one transaction; any number of processes may do so at once. Throws
 * StoreUnusable for a file that is not ours, or that a newer version has upgraded.
 */
export function migrate(db: DatabaseSync): void {
  const all = migrations()
  const latest = all.at(-1)?.version ?? 0
  if (schemaVersion(db) === latest && pragma(db, 'application_id') === APPLICATION_ID) return
  db.exec('BEGIN IMMEDIATE')
  try {
    checkOurs(db)
    const version = schemaVersion(db)
    if (version > latest) {
      throw new StoreUnusable(
        `The store has schema ${version} and this version knows ${latest}: a newer Parlance has upgraded it. Use that one.`,
      )
    }
    for (const migration of all) {
      if (migration.version > version) db.exec(readFileSync(new URL(migration.file, FOLDER), 'utf8'))
    }
    db.exec(`PRAGMA user_version = ${latest}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

export function schemaVersion(db: DatabaseSync): number {
  return pragma(db, 'user_version')
}
