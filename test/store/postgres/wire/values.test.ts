import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../../src/store/postgres/options.ts'
import { sql } from '../../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../../src/store/postgres/url.ts'
import { booleanIn, bytesIn, integerIn, maybe, textIn } from '../../../../src/store/postgres/wire/decode.ts'
import { byteStrings, integers, texts } from '../../../../src/store/postgres/wire/encode.ts'
import { createDatabase } from '../databases.ts'

const INTEGERS = [
  0,
  1,
  -1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  -(2 ** 32) - 1,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
]
const TEXTS = ['', 'a', "'; DROP TABLE x", '漢字 🙂', '\\x00', '{}', 'x'.repeat(100_000)]
const BYTES = [Buffer.alloc(0), Buffer.from([0, 255, 92, 120]), Buffer.alloc(3_000_000, 7)]

test('values are what they were, there and back, alone and in arrays', async (t) => {
  const database = openDatabase(readAddress(await createDatabase({ empty: true })), DEFAULTS)
  t.after(() => database.close())
  const one = async (text: string, ...values: Parameters<typeof sql>[1][]) =>
    (await database.run(sql(text, ...values))).rows[0]?.column(0)
  for (const value of INTEGERS) {
    assert.equal(integerIn(await one('SELECT $1::bigint', value)), value)
    // What the server makes of it, told in another form.
    assert.equal(textIn(await one('SELECT $1::bigint::text', value)), String(value))
  }
  for (const value of TEXTS) assert.equal(textIn(await one('SELECT $1::text', value)), value)
  for (const value of BYTES) assert.deepEqual(bytesIn(await one('SELECT $1::bytea', value)), value)
  for (const value of [true, false]) assert.equal(booleanIn(await one('SELECT $1::boolean', value)), value)
  assert.equal(maybe(await one('SELECT $1::text', undefined), textIn), undefined)

  const columns = 'SELECT a, b, c FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS u (a, b, c)'
  const { rows } = await database.run(
    sql(
      columns,
      integers([...INTEGERS, undefined]),
      texts([...TEXTS, null]),
      byteStrings([...BYTES, undefined]),
    ),
  )
  const column = <T>(index: number, read: (value: Buffer | null | undefined) => T) =>
    rows.map((row) => maybe(row.column(index), read)).filter((each) => each !== undefined)
  assert.deepEqual(column(0, integerIn), INTEGERS)
  assert.deepEqual(column(1, textIn), TEXTS)
  assert.deepEqual(column(2, bytesIn), BYTES)
  const none = await database.run(sql(columns, integers([]), texts([]), byteStrings([])))
  assert.deepEqual(none.rows, [])
})

test('a number that is not exact is neither sent nor taken', async (t) => {
  const database = openDatabase(readAddress(await createDatabase({ empty: true })), DEFAULTS)
  t.after(() => database.close())
  for (const value of [0.5, Number.NaN, 2 ** 53]) {
    await assert.rejects(database.run(sql('SELECT $1::bigint', value)), TypeError)
  }
  const { rows } = await database.run(sql('SELECT 9007199254740993::bigint'))
  assert.throws(() => integerIn(rows[0]?.column(0)), TypeError)
  assert.throws(() => textIn(null), TypeError)
})
