import { DatabaseSync } from 'node:sqlite'
import { answerTasks } from '../measure/process.ts'

/** Inserts the messages `from` to `to` (exclusive), spread over so many interactions, in transactions of `batch`. */
export interface AppendTask {
  from: number
  to: number
  interactions: number
  batch: number
}

/**
 * The limit of adding messages: parse each once and let SQLite insert it into an index by interaction and message,
 * durably, so many to a commit.
 */
const [database = '', message = ''] = process.argv.slice(2)
const db = new DatabaseSync(database)
db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
  CREATE TABLE messages (interaction TEXT, id TEXT, json TEXT, PRIMARY KEY (interaction, id)) STRICT, WITHOUT ROWID`)
const insert = db.prepare('INSERT INTO messages VALUES (?, ?, ?)')

answerTasks(({ from, to, interactions, batch }: AppendTask) => {
  for (let at = from; at < to; at += batch) {
    db.exec('BEGIN IMMEDIATE')
    for (let n = at; n < Math.min(to, at + batch); n += 1) {
      insert.run(
        `i${n % interactions}`,
        `m${n}`,
        JSON.stringify({ ...JSON.parse(message), message_id: `m${n}` }),
      )
    }
    db.exec('COMMIT')
  }
})
