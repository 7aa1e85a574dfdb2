import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { migrateStore } from '../../../src/store/migrate.ts'
import { openStore } from '../../../src/store/open.ts'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import type { Store } from '../../../src/store/store.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { cleanUp } from '../sqlite/support.ts'
import { blockClients, holdAccount } from './hold.ts'
import { runOn, startServer, type TestServer } from './server.ts'
import { gone, waiting } from './waiting.ts'

/** Of this file alone: it is filled, closed and stopped. */
let server: TestServer & { stop(): Promise<void> }
let url = ''

before(async () => {
  server = await startServer(['max_connections=20', 'superuser_reserved_connections=3'])
  url = server.url('parlance')
  await runOn(server.url('postgres'), 'CREATE DATABASE parlance', `CREATE ROLE plain LOGIN PASSWORD 'right'`)
  await migrateStore(url)
  await runOn(
    url,
    'GRANT USAGE ON SCHEMA parlance TO plain',
    'GRANT ALL ON ALL TABLES IN SCHEMA parlance TO plain',
  )
})

/** The same database as another role. */
function as(user: string, password = ''): string {
  const other = new URL(url)
  other.username = user
  other.password = password
  return other.href
}

async function openAcme(t: Parameters<typeof cleanUp>[0], options = {}): Promise<Store> {
  const store = await openStore(as('plain'), options)
  cleanUp(t, () => store.close())
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  return store
}

function refusal(kind: typeof StoreUnavailable | typeof StoreUnusable, message: RegExp) {
  return (error: Error) => {
    assert.ok(error instanceof kind, `${error.name}: ${error.message}`)
    assert.match(error.message, message)
    return true
  }
}

test('what stays wrong until somebody changes it is unusable', async () => {
  await assert.rejects(openStore(server.url('nothing')), refusal(StoreUnusable, /no such database/))
  await assert.rejects(openStore(as('nobody')), refusal(StoreUnusable, /refuses this user/))
  await assert.rejects(openStore(server.url('postgres')), refusal(StoreUnusable, /Run: parlance migrate$/))
  await assert.rejects(openStore(`${url}&sslmode=prefer`), refusal(StoreUnusable, /sslmode/))
})

test('what time may cure is unavailable', async (t) => {
  const nowhere = new URL(url)
  nowhere.searchParams.set('host', '/nowhere')
  await assert.rejects(openStore(nowhere.href), refusal(StoreUnavailable, /cannot be reached: ENOENT/))
  await assert.rejects(openStore('postgres://127.0.0.1:1/x'), refusal(StoreUnavailable, /ECONNREFUSED/))
  const store = await openAcme(t)
  await runOn(url, 'ALTER DATABASE parlance SET default_transaction_read_only = on')
  const other = await openStore(as('plain'))
  await assert.rejects(
    other.writeInteractions('acme', [plainDraft('a')]),
    refusal(StoreUnavailable, /read-only/),
  )
  await other.close()
  await runOn(server.url('postgres'), 'ALTER DATABASE parlance RESET default_transaction_read_only')
  assert.deepEqual(await store.writeInteractions('acme', [plainDraft('a')]), [
    { outcome: 'created', revision: 1 },
  ])
})

test('a server without a connection left is unavailable, and serves again when it has', async (t) => {
  const store = await openAcme(t)
  const others = await Promise.all(Array.from({ length: 10 }, () => openStore(as('plain'), { poolSize: 2 })))
  const held = await Promise.all(
    others.map((other) => Promise.allSettled([other.ping(), other.ping(), other.ping()])),
  )
  const refused = held.flat().filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
  assert.ok(refused.length > 0)
  for (const { reason } of refused) refusal(StoreUnavailable, /no connection left/)(reason)
  await Promise.all(others.map((other) => other.close()))
  await store.ping()
})

test('a write that waits for too long for its account is given up, and the account can be written again', async (t) => {
  const store = await openAcme(t, { lockTimeout: 200 })
  const release = await holdAccount(url, 'acme')
  const before = await store.getRevision('acme')
  await assert.rejects(
    store.writeInteractions('acme', [plainDraft('late')]),
    refusal(StoreUnavailable, /too long/),
  )
  await release()
  await store.writeInteractions('acme', [plainDraft('later')])
  assert.equal(await store.getRevision('acme'), (before ?? 0) + 1)
  assert.equal(await store.getInteraction('acme', 'late'), undefined)
})

test('what a write has waited elsewhere is part of its time', { timeout: 60_000 }, async (t) => {
  const hour = 3_600_000
  const store = await openAcme(t, { lockTimeout: hour })
  const release = await holdAccount(url, 'acme')
  const since = performance.now() - hour + 200
  await assert.rejects(
    store.writeInteractions('acme', [plainDraft('late')], { since }),
    refusal(StoreUnavailable, /too long/),
  )
  await release()
})

test('a read that takes too long is given up, and ends on the server as well', {
  timeout: 60_000,
}, async (t) => {
  const store = await openAcme(t, { statementTimeout: 300, poolSize: 1 })
  await store.ping()
  const release = await blockClients(url)
  await assert.rejects(store.getClient('acme', 'x'), refusal(StoreUnavailable, /took too long/))
  // While what blocked it still does.
  await waiting(url, 0)
  await release()
  assert.equal(await store.getClient('acme', 'x'), undefined)
})

test('a connection that the server ends costs nobody anything', async (t) => {
  const store = await openAcme(t)
  await Promise.all([store.ping(), store.ping(), store.ping()])
  const end = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'plain'`
  for (let n = 0; n < 5; n += 1) {
    await runOn(url, end)
    await gone(url, 'plain')
    await Promise.all([
      store.ping(),
      store.getRevision('acme'),
      store.writeInteractions('acme', [plainDraft(`e${n}`)]),
    ])
  }
})

test('a connection that is lost before the commit, after an attempt that came to it, is tried again', async (t) => {
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  cleanUp(t, () => database.close())
  const conflict = sql(`DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END $$`)
  let attempts = 0
  const done = await database.transaction(async (transaction) => {
    attempts += 1
    if (attempts === 1) await transaction.commit(conflict)
    if (attempts === 2) await transaction.run(sql('SELECT pg_terminate_backend(pg_backend_pid())'))
    return 'done'
  })
  assert.deepEqual([done, attempts], ['done', 3])
})

test('a server that is gone is unavailable', async (t) => {
  const store = await openAcme(t)
  await server.stop()
  await assert.rejects(store.ping(), refusal(StoreUnavailable, /cannot be reached|stopping/))
  await assert.rejects(store.writeInteractions('acme', [plainDraft('x')]), StoreUnavailable)
})
