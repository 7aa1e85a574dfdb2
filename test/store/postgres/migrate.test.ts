import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnusable } from '../../../src/store/errors.ts'
import { migrateStore } from '../../../src/store/migrate.ts'
import { openStore } from '../../../src/store/open.ts'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { type Migration, migrate, migrations, schemaVersion } from '../../../src/store/postgres/migrate.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { integerIn } from '../../../src/store/postgres/wire/decode.ts'
import { startChild } from '../sqlite/support.ts'
import { createDatabase } from './databases.ts'
import { runOn, testServer } from './server.ts'

const LATEST = migrations().at(-1)?.version

test('twenty processes that migrate at once make one schema, once', { timeout: 120_000 }, async (t) => {
  const url = await createDatabase({ empty: true })
  const children = Array.from({ length: 20 }, () => startChild(t, 'migrator.ts', [url]))
  await Promise.all(children.map((child) => child.ready()))
  for (const child of children) child.go()
  const told = (await Promise.all(children.map((child) => child.next()))) as { applied: number[] }[]
  for (const each of told) assert.ok(Array.isArray(each.applied), JSON.stringify(each))
  // Each migration is whoever's turn it is.
  const applied = told.flatMap((each) => each.applied)
  assert.deepEqual(
    applied.toSorted((a, b) => a - b),
    migrations().map(({ version }) => version),
  )
  const store = await openStore(url)
  assert.deepEqual(await store.listAccounts(), [])
  await store.close()
})

test('a schema of a newer version is refused, by who opens and by who migrates', async () => {
  const url = await createDatabase()
  await runOn(url, 'INSERT INTO parlance.migrations (version) VALUES (999)')
  const refused = (error: Error) =>
    error instanceof StoreUnusable && /schema 999 .* newer Parlance/.test(error.message)
  await assert.rejects(openStore(url), refused)
  await assert.rejects(migrateStore(url), refused)
})

test('a database that is not UTF-8 is refused, and nothing is made in it', async () => {
  const name = `parlance_latin_${process.pid}`
  const server = await testServer()
  await runOn(
    server.url('postgres'),
    `CREATE DATABASE ${name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
  )
  await assert.rejects(
    migrateStore(server.url(name)),
    (error) => error instanceof StoreUnusable && /LATIN1.*UTF8/.test(error.message),
  )
  await assert.rejects(openStore(server.url(name)), /parlance migrate/)
  await runOn(server.url('postgres'), `DROP DATABASE ${name}`)
})

test('a migration that fails leaves nothing behind, and those before it stay', async (t) => {
  const url = await createDatabase()
  const database = openDatabase(readAddress(url), DEFAULTS)
  t.after(() => database.close())
  const next = (LATEST as number) + 1
  const more: Migration[] = [
    ...migrations(),
    { version: next, statements: ['CREATE TABLE parlance.added (a bigint)'] },
    { version: next + 1, statements: ['CREATE TABLE parlance.half (a bigint)', 'SELECT 1 / 0'] },
  ]
  const done: number[] = []
  await assert.rejects(
    migrate(database, (version) => done.push(version), more),
    /division by zero/,
  )
  assert.deepEqual(done, [next])
  assert.equal(await schemaVersion(database), next)
  const left = await database.run(
    sql(`SELECT count(*) FROM pg_class WHERE relname IN ('added', 'half') AND relkind = 'r'`),
  )
  assert.equal(integerIn(left.rows[0]?.column(0)), 1)
})
