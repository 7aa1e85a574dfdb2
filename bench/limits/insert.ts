import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32, deflateRawSync } from 'node:zlib'
import { answerTasks } from '../measure/process.ts'

/** Takes the lines `from` to `to` (exclusive) in transactions of `batch`. */
export interface InsertTask {
  from: number
  to: number
  batch: number
}

/**
 * The limit of ingesting: parse each line once, deflate it once, and let SQLite insert the result in batches of the
 * same size, durably. Reading the file does not count.
 */
const [input = '', database = ''] = process.argv.slice(2)
const lines = readFileSync(input, 'utf8').trimEnd().split('\n')
const db = new DatabaseSync(database)
db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
  CREATE TABLE documents (id TEXT PRIMARY KEY, started_at TEXT, crc INTEGER, length INTEGER, body BLOB) STRICT`)
const insert = db.prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?)')

answerTasks(({ from, to, batch }: InsertTask) => {
  for (let at = from; at < to; at += batch) {
    db.exec('BEGIN IMMEDIATE')
    for (const line of lines.slice(at, Math.min(to, at + batch))) {
      const { id, started_at } = JSON.parse(line)
      const plain = Buffer.from(line)
      insert.run(id, started_at, crc32(plain), plain.length, deflateRawSync(plain))
    }
    db.exec('COMMIT')
  }
})
