import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/**
 * Notes what an account of a store that nobody writes has at the end, and gives a function that takes out again what was
 * written behind it since: so a store that is kept stays the same. Call it when the server has stopped. Throws where the
 * account has not the `expected` number of documents: then an earlier run was interrupted and took nothing out.
 */
export function undoWrites(file: string, accountId: string, expected: number): () => void {
  const db = new DatabaseSync(file)
  const account = db.prepare('SELECT revision FROM accounts WHERE account_id = ?').get(accountId)
  const last = db
    .prepare('SELECT * FROM runs WHERE account_id = ? ORDER BY last_started_at DESC, last_id DESC LIMIT 1')
    .get(accountId)
  db.close()
  const revision = (account?.revision ?? 0) as number
  if (revision !== expected) {
    throw new Error(`${file} has more in it than it was filled with, since a run was interrupted. Remove it.`)
  }
  return () => {
    const from = (last?.last_started_at ?? Number.MIN_SAFE_INTEGER) as number
    const writing = new DatabaseSync(file)
    writing.exec('BEGIN')
    writing.prepare('DELETE FROM interactions WHERE account_id = ? AND revision > ?').run(accountId, revision)
    // What was added may have gone into the last run, which then has another key.
    writing.prepare('DELETE FROM runs WHERE account_id = ? AND last_started_at >= ?').run(accountId, from)
    if (last !== undefined) {
      const columns = Object.keys(last)
      const places = columns.map(() => '?').join(', ')
      const values = Object.values(last) as SQLInputValue[]
      writing.prepare(`INSERT INTO runs (${columns.join(', ')}) VALUES (${places})`).run(...values)
    }
    writing.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?').run(revision, accountId)
    writing.exec('COMMIT')
    writing.close()
  }
}
