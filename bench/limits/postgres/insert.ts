import { readFileSync } from 'node:fs'
import { crc32, deflateRawSync } from 'node:zlib'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { byteStrings, integers, texts } from '../../../src/store/postgres/wire/encode.ts'
import { answerTasks } from '../../measure/process.ts'
import type { InsertTask } from '../insert.ts'

/**
 * The limit of ingesting on PostgreSQL: parse each line once, deflate it once, and let the bare client insert the result
 * by `unnest`, in commits of the same size. Reading the file does not count.
 */
const [url = '', input = '', table = ''] = process.argv.slice(2)
const lines = readFileSync(input, 'utf8').trimEnd().split('\n')
const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1, preparedStatements: 'on' })
await database.run(
  sql(`CREATE TABLE ${table} (id text PRIMARY KEY, started_at text, crc bigint, length bigint, body bytea)`),
)
await database.run(sql(`ALTER TABLE ${table} ALTER COLUMN body SET STORAGE EXTERNAL`))
const INSERT = `INSERT INTO ${table}
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[])`

answerTasks(async ({ from, to, batch }: InsertTask) => {
  for (let at = from; at < to; at += batch) {
    const rows = lines.slice(at, Math.min(to, at + batch)).map((line) => {
      const { id, started_at } = JSON.parse(line)
      const plain = Buffer.from(line)
      return { id, started_at, crc: crc32(plain), length: plain.length, body: deflateRawSync(plain) }
    })
    await database.run(
      sql(
        INSERT,
        texts(rows.map(({ id }) => id)),
        texts(rows.map(({ started_at }) => started_at)),
        integers(rows.map(({ crc }) => crc)),
        integers(rows.map(({ length }) => length)),
        byteStrings(rows.map(({ body }) => body)),
      ),
    )
  }
})
