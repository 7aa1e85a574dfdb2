import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32, deflateRawSync } from 'node:zlib'

/**
 * The limit of ingesting: parse each line once, deflate it once, and let SQLite insert the result in batches of the
 * same size, durably. Prints the CPU seconds and the seconds that it took, without reading the file.
 */
const [input = '', database = '', batch = '500'] = process.argv.slice(2)
const lines = readFileSync(input, 'utf8').trim().split('\n')
const db = new DatabaseSync(database)
db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
  CREATE TABLE documents (id TEXT PRIMARY KEY, started_at TEXT, crc INTEGER, length INTEGER, body BLOB) STRICT`)
const insert = db.prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?)')

const cpu = process.cpuUsage()
const startedAt = performance.now()
for (let from = 0; from < lines.length; from += Number(batch)) {
  db.exec('BEGIN IMMEDIATE')
  for (const line of lines.slice(from, from + Number(batch))) {
    const { id, started_at } = JSON.parse(line)
    const plain = Buffer.from(line)
    insert.run(id, started_at, crc32(plain), plain.length, deflateRawSync(plain))
  }
  db.exec('COMMIT')
}
const used = process.cpuUsage(cpu)
console.log(
  JSON.stringify({ cpu: (used.user + used.system) / 1e6, seconds: (performance.now() - startedAt) / 1000 }),
)
db.close()
