import type { DatabaseSync } from 'node:sqlite'
import type { ImportState } from '../store.ts'

export function importReads(db: DatabaseSync) {
  const get = db.prepare('SELECT state FROM imports WHERE account_id = ? AND source = ?')
  return {
    getImport(accountId: string, source: string): ImportState | undefined {
      const row = get.get(accountId, source) as { state: string } | undefined
      return row === undefined ? undefined : JSON.parse(row.state)
    },
  }
}

export function importWrites(db: DatabaseSync) {
  const end = db.prepare('DELETE FROM imports WHERE account_id = ? AND source = ?')
  return {
    endImport(accountId: string, source: string): void {
      end.run(accountId, source)
    },
  }
}
