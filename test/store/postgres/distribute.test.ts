import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { distribute, distributedTables, hasCitus } from '../../../src/store/postgres/distribute.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { maybe, textIn } from '../../../src/store/postgres/wire/decode.ts'
import { createDatabase } from './databases.ts'
import { runOn } from './server.ts'

/**
 * Citus is not to be had where the tests run. These stand in for its functions and its catalogue, with the signatures of
 * version 13: what is checked is what it would be asked, and that it is asked once. What it does then is not.
 */
const STAND_IN = [
  'CREATE TABLE public.pg_dist_partition (logicalrelid regclass PRIMARY KEY, call text NOT NULL)',
  `CREATE FUNCTION public.create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
     $$INSERT INTO public.pg_dist_partition VALUES ($1, 'reference')$$`,
  `CREATE FUNCTION public.create_distributed_table(table_name regclass, distribution_column text,
     distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL)
   RETURNS void LANGUAGE sql AS
     $$INSERT INTO public.pg_dist_partition VALUES ($1, $2 || ' with ' || $4)$$`,
]

const ASKED = {
  'parlance.migrations': 'reference',
  'parlance.accounts': 'reference',
  'parlance.keys': 'reference',
  'parlance.settings': 'reference',
  'parlance.revisions': 'account_id with default',
  'parlance.clients': 'account_id with parlance.revisions',
  'parlance.assertions': 'account_id with parlance.revisions',
  'parlance.imports': 'account_id with parlance.revisions',
  'parlance.interactions': 'account_id with parlance.revisions',
  'parlance.gathered_messages': 'account_id with parlance.revisions',
  'parlance.tombstones': 'account_id with parlance.revisions',
  'parlance.erased_customers': 'account_id with parlance.revisions',
  'parlance.erasures': 'account_id with parlance.revisions',
  'parlance.erasing': 'account_id with parlance.revisions',
}

test('every table is distributed, by account and colocated or as a copy everywhere, and once', async (t) => {
  const url = await createDatabase()
  await runOn(url, ...STAND_IN)
  const database = openDatabase(readAddress(url), DEFAULTS)
  t.after(() => database.close())
  const told: string[] = []
  // One that was interrupted goes on where it was, and two at once do each table once.
  await runOn(url, `SELECT public.create_reference_table('parlance.migrations')`)
  const twice = [
    distribute(database, (table) => told.push(table)),
    distribute(database, (table) => told.push(table)),
  ]
  await Promise.all(twice)
  assert.deepEqual(told.toSorted(), Object.keys(ASKED).slice(1).toSorted())
  const { rows } = await database.run(sql('SELECT logicalrelid::text, call FROM public.pg_dist_partition'))
  assert.deepEqual(Object.fromEntries(rows.map(([table, call]) => [textIn(table), textIn(call)])), ASKED)
  assert.deepEqual((await distributedTables(database)).missing, [])
})

test('a table that is missing from the cluster is told', async (t) => {
  const url = await createDatabase()
  await runOn(url, ...STAND_IN, `SELECT public.create_reference_table('parlance.keys')`)
  const database = openDatabase(readAddress(url), DEFAULTS)
  t.after(() => database.close())
  const { spread, missing } = await distributedTables(database)
  assert.deepEqual(spread, ['keys'])
  assert.ok(missing.includes('interactions') && !missing.includes('keys'))
})

test('every table of the schema is in the one list or in the other', async (t) => {
  const url = await createDatabase()
  const database = openDatabase(readAddress(url), DEFAULTS)
  t.after(() => database.close())
  assert.equal(await hasCitus(database), false)
  const { rows } = await database.run(
    sql(`SELECT relname::text, (SELECT attname::text FROM pg_index AS i JOIN pg_attribute AS a
           ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisprimary)
         FROM pg_class AS c WHERE relnamespace = 'parlance'::regnamespace AND relkind = 'r'`),
  )
  const names = rows.map(([name]) => `parlance.${textIn(name)}`)
  assert.deepEqual(names.toSorted(), Object.keys(ASKED).toSorted())
  for (const [name, first] of rows) {
    const asked = ASKED[`parlance.${textIn(name)}` as keyof typeof ASKED]
    if (asked !== 'reference') assert.equal(maybe(first, textIn), 'account_id', textIn(name))
  }
})
