import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatabaseOptions } from '../../../src/config.ts'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { integerIn } from '../../../src/store/postgres/wire/decode.ts'
import { createDatabase } from './databases.ts'
import { startPooler } from './pooler.ts'

const KEPT = sql('SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE $1', '%of this test%')

/** How many statements the server keeps after one was run twice. */
async function keptBy(
  url: string,
  preparedStatements: DatabaseOptions['preparedStatements'],
): Promise<number> {
  const database = openDatabase(readAddress(url), { ...DEFAULTS, preparedStatements, poolSize: 1 })
  try {
    for (const value of [1, 2]) {
      const { rows } = await database.run(sql('SELECT $1::bigint AS "of this test"', value))
      assert.equal(integerIn(rows[0]?.column(0)), value)
    }
    const { rows } = await database.run(KEPT)
    return integerIn(rows[0]?.column(0))
  } finally {
    await database.close()
  }
}

test('the server keeps statements, unless a pooler stands between or they are switched off', async (t) => {
  const url = await createDatabase({ empty: true })
  const pooled = await startPooler(t, url)
  // The one that counts is of this test, too.
  assert.equal(await keptBy(url, 'auto'), 1)
  assert.equal(await keptBy(pooled, 'auto'), 0)
  assert.equal(await keptBy(url, 'off'), 0)
  assert.equal(await keptBy(pooled, 'on'), 1)
})

test('a statement that fails spoils none of those that were kept with it', async (t) => {
  const url = await createDatabase({ empty: true })
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  t.after(() => database.close())
  const one = sql('SELECT 1::bigint')
  const never = sql('SELECT 2::bigint')
  const halves = (by: number) => sql('SELECT 6 / $1::bigint', by)
  for (const by of [0, 2, 0, 3]) {
    const work = database.transaction(async (transaction) => {
      const results = await transaction.run(one, halves(by), never)
      return results.map(({ rows }) => integerIn(rows[0]?.column(0)))
    })
    if (by === 0) await assert.rejects(work, /division by zero/)
    else assert.deepEqual(await work, [1, 6 / by, 2])
  }
})

test('a statement with a value that cannot be sent leaves its connection as it was', async (t) => {
  const url = await createDatabase({ empty: true })
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  t.after(() => database.close())
  const asked = (value: number) => sql('SELECT $1::bigint + pg_backend_pid()', value)
  const [first] = (await database.run(sql('SELECT pg_backend_pid()::bigint'))).rows
  await assert.rejects(database.run(asked(0.5)), /not a whole number/)
  const [second] = (await database.run(asked(1))).rows
  assert.equal(second?.integer(0), (first?.integer(0) as number) + 1)
})

test('failures do not fill the server with statements that nobody will use', async (t) => {
  const url = await createDatabase({ empty: true })
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  t.after(() => database.close())
  const most = async () => {
    const { rows } = await database.run(sql('SELECT count(*) FROM pg_prepared_statements'))
    return integerIn(rows[0]?.column(0))
  }
  for (let n = 0; n < 100; n += 1) {
    await assert.rejects(database.run(sql('SELECT 6 / $1::bigint', 0)), /division by zero/)
    assert.ok((await most()) <= 60)
  }
})
