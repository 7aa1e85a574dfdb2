import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { textIn } from '../../../src/store/postgres/wire/decode.ts'
import { createDatabase } from './databases.ts'

const VARIABLES = {
  PGOPTIONS: '-c work_mem=77MB',
  PGAPPNAME: 'somebody',
  PGCLIENT_ENCODING: 'LATIN1',
  PGSSLNEGOTIATION: 'direct',
  PGSSLMODE: 'require',
  PGREPLICATION: 'database',
  PGBINARY: 'true',
  PGHOST: '127.0.0.1',
  PGPORT: '1',
  PGUSER: 'nobody',
  PGPASSWORD: 'wrong',
  PGDATABASE: 'nothing',
}

test('variables of PostgreSQL’s own clients change nothing', async (t) => {
  const url = await createDatabase({ empty: true })
  const before = { ...process.env }
  t.after(() => {
    process.env = before
  })
  Object.assign(process.env, VARIABLES)
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  t.after(() => database.close())
  const { rows } = await database.run(
    sql(`SELECT current_setting('work_mem'), current_setting('application_name'),
      current_setting('client_encoding')`),
  )
  const [memory, ...others] = [...(rows[0] ?? [])].map(textIn)
  assert.notEqual(memory, '77MB')
  assert.deepEqual(others, ['parlance', 'UTF8'])
})
