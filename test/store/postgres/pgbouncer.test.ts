import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import type { DatabaseOptions } from '../../../src/config.ts'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { openStore } from '../../../src/store/open.ts'
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { integerIn } from '../../../src/store/postgres/wire/decode.ts'
import type { Store } from '../../../src/store/store.ts'
import { storeContract } from '../contract/suite.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { assertRun, cleanUp, startChild } from '../sqlite/support.ts'
import { createDatabase } from './databases.ts'
import { postgresBy } from './driver.ts'
import { blockClients } from './hold.ts'
import { NO_PGBOUNCER, type PgBouncer, startPgBouncer } from './pgbouncer.ts'
import { testServer } from './server.ts'
import { waiting } from './waiting.ts'

describe('behind PgBouncer in transaction mode', { skip: NO_PGBOUNCER }, () => {
  let pgbouncer: PgBouncer
  before(async () => {
    // Databases come and go here, and the server has only so many connections for all of them.
    pgbouncer = await startPgBouncer((await testServer()).url('postgres'), ['server_idle_timeout = 3'])
  })
  after(() => pgbouncer.stop())

  storeContract(postgresBy('PostgreSQL behind PgBouncer', (url) => pgbouncer.through(url)))

  test('many connections share three, and leave nothing behind in them', async (t) => {
    const url = await createDatabase()
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => openAcme(t, pgbouncer.through(url), { poolSize: 5 })),
    )
    const written = await Promise.all(
      stores.flatMap((store, s) =>
        Array.from({ length: 10 }, async (_, n) => {
          await store.getStanding('acme', 'x')
          const [result] = await store.writeInteractions('acme', [plainDraft(`${s}-${n}`)])
          await store.getInteraction('acme', `${s}-${n}`)
          return result?.outcome === 'created' ? result.revision : 0
        }),
      ),
    )
    assertRun(written, 40)
    const sessions = await inspectSessions(t, pgbouncer.through(url), 3)
    assert.equal(new Set(sessions.map(({ pid }) => pid)).size, 3)
    for (const { pid, ...left } of sessions) {
      assert.deepEqual(left, { statements: 0, locks: 0, changed: [] }, String(pid))
    }
  })

  test('statements are kept where they can be', async (t) => {
    const url = await createDatabase()
    const own = database(t, url, { poolSize: 1 })
    await own.run(sql('SELECT 1'))
    const { rows } = await own.run(sql('SELECT count(*) FROM pg_prepared_statements'))
    assert.ok(integerIn(rows[0]?.column(0)) > 0)
  })

  test('processes that write to the same accounts leave 1…N', { timeout: 120_000 }, async (t) => {
    const url = await createDatabase()
    const store = await openAcme(t, url)
    await store.createAccount({ accountId: 'other', name: 'Other', createdAt: 1 })
    const writers = Array.from({ length: 3 }, (_, n) =>
      startChild(t, 'postgres-writer.ts', [pgbouncer.through(url), `p${n}`, '30', 'acme', 'other']),
    )
    await Promise.all(writers.map((writer) => writer.ready()))
    for (const writer of writers) writer.go()
    const told = (await Promise.all(writers.map((writer) => writer.rest()))).flat() as Told[]
    assert.equal(told.length, 90)
    for (const accountId of ['acme', 'other']) {
      const results = told.filter((each) => each.accountId === accountId).flatMap((each) => each.results)
      const changes = results.filter(({ outcome }) => outcome !== 'unchanged')
      assertRun(
        changes.map(({ revision }) => revision),
        (await store.getRevision(accountId)) as number,
      )
    }
  })

  test('a read that takes too long ends on the server as well', { timeout: 60_000 }, async (t) => {
    const url = await createDatabase()
    const store = await openAcme(t, pgbouncer.through(url), { statementTimeout: 300 })
    const release = await blockClients(url)
    cleanUp(t, release)
    await assert.rejects(store.getClient('acme', 'x'), /took too long/)
    await waiting(url, 0)
    await release()
    assert.equal(await store.getClient('acme', 'x'), undefined)
  })
})

describe('a PgBouncer that fails', { skip: NO_PGBOUNCER }, () => {
  test('is unavailable while it is gone, and serves again when it is back', async (t) => {
    const url = await createDatabase()
    const pgbouncer = await startPgBouncer(url)
    cleanUp(t, () => pgbouncer.stop())
    const store = await openAcme(t, pgbouncer.through(url))
    await store.writeInteractions('acme', [plainDraft('a')])
    await pgbouncer.cut()
    await assert.rejects(store.getRevision('acme'), StoreUnavailable)
    await assert.rejects(store.writeInteractions('acme', [plainDraft('b')]), StoreUnavailable)
    await pgbouncer.restart()
    assert.deepEqual(await store.writeInteractions('acme', [plainDraft('b')]), [
      { outcome: 'created', revision: 2 },
    ])
  })

  test('with no connection left for us, or none of the server in time, is unavailable', async (t) => {
    const url = await createDatabase()
    const settings = ['max_client_conn = 4', 'default_pool_size = 1', 'query_wait_timeout = 1']
    const pgbouncer = await startPgBouncer(url, settings)
    cleanUp(t, () => pgbouncer.stop())
    const store = await openAcme(t, pgbouncer.through(url), { poolSize: 1, preparedStatements: 'off' })
    const holder = database(t, pgbouncer.through(url), { poolSize: 1, preparedStatements: 'off' })
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holding = holder.transaction(async (transaction) => {
      await transaction.run(sql('SELECT 1'))
      held.resolve()
      await release.promise
    })
    await held.promise
    await assert.rejects(store.getRevision('acme'), unavailable(/query_wait_timeout/))
    const third = database(t, pgbouncer.through(url), { poolSize: 5, preparedStatements: 'off' })
    const asked = Array.from({ length: 5 }, () => third.run(sql('SELECT 1')))
    const outcomes = await Promise.allSettled(asked)
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined))
    assert.ok(reasons.some((reason) => /no more connections allowed/.test(reason?.message)))
    for (const reason of reasons) assert.ok(reason instanceof StoreUnavailable)
    release.resolve()
    await holding
    assert.equal(await store.getRevision('acme'), 0)
  })
})

interface Told {
  accountId: string
  results: { outcome: string; revision: number }[]
}

function database(t: TestContext, url: string, options: Partial<DatabaseOptions> = {}): Database {
  const opened = openDatabase(readAddress(url), { ...DEFAULTS, ...options })
  cleanUp(t, () => opened.close())
  return opened
}

async function openAcme(t: TestContext, url: string, options: Partial<DatabaseOptions> = {}): Promise<Store> {
  const store = await openStore(url, options)
  cleanUp(t, () => store.close())
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  return store
}

function unavailable(message: RegExp) {
  return (error: Error) => error instanceof StoreUnavailable && message.test(error.message)
}

/** What PgBouncer itself keeps the same for its clients. */
const TRACKED = [
  'application_name',
  'client_encoding',
  'DateStyle',
  'TimeZone',
  'standard_conforming_strings',
]

/** What so many sessions of the server still know of those that used them; each is held while the others are asked. */
async function inspectSessions(t: TestContext, url: string, count: number) {
  const { host, port, user, database: name } = readAddress(url)
  const clients = Array.from({ length: count }, () => new Client({ host, port, user, database: name }))
  for (const client of clients) {
    await client.connect()
    cleanUp(t, () => client.end())
    await client.query('BEGIN')
  }
  const sessions = clients.map(async (client) => {
    const found = await client.query(
      `SELECT pg_backend_pid() AS pid, (SELECT count(*)::int FROM pg_prepared_statements) AS statements,
         (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,
         ARRAY(SELECT name FROM pg_settings WHERE source = 'session' AND name <> ALL($1)) AS changed`,
      [TRACKED],
    )
    return found.rows[0]
  })
  return Promise.all(sessions)
}
