import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { Client } from 'pg'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { migrateStore } from '../../../src/store/migrate.ts'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { migrate, migrations } from '../../../src/store/postgres/migrate.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import type { Store } from '../../../src/store/store.ts'
import { draft, listedIds, message } from '../contract/drafts.ts'
import { add, assertPurged, erase, finishErasing, NOW } from '../contract/living-drafts.ts'
import { cleanUp } from '../sqlite/support.ts'
import { answerTo } from './pair.ts'
import { type OwnServer, runOn, startServer } from './server.ts'

/** From this version of PostgreSQL on a role may be allowed to maintain tables that it does not own. */
const MAINTAIN_SINCE = 170_000

let server: OwnServer
let url = ''

before(async () => {
  // Without recycling, the files of the journal go when they are not needed any more.
  server = await startServer(['wal_recycle=off', 'autovacuum=off'])
  await runOn(server.url('postgres'), 'CREATE DATABASE parlance')
  url = server.url('parlance')
  await migrateStore(url)
})

let accounts = 0

async function open(at = url, lockTimeout = 10_000): Promise<{ store: Store; accountId: string }> {
  const store = await openPostgresStore(at, { lockTimeout })
  accounts += 1
  const accountId = `account-${accounts}`
  await store.createAccount({ accountId, name: accountId, createdAt: 1 })
  return { store, accountId }
}

/** Which of these bytes are found in files of a folder of the server's data. */
function foundIn(folder: string, needles: Map<string, Buffer>): string[] {
  const files = readdirSync(join(server.folder, 'data', folder), { recursive: true, withFileTypes: true })
  const found = new Set<string>()
  for (const file of files.filter((each) => each.isFile())) {
    const bytes = readFileSync(join(file.parentPath, file.name))
    for (const [name, needle] of needles) if (bytes.includes(needle)) found.add(name)
  }
  return [...found].toSorted()
}

/** A piece out of the middle of what is stored of an interaction. */
async function storedBytes(store: Store, accountId: string, id: string): Promise<Buffer> {
  const query = { after: 0, limit: 1000, maxBytes: 1e9 }
  const record = (await store.transfer.readInteractions(accountId, query)).find((each) => each.id === id)
  assert.ok(record)
  const { deflated } = record.block
  return Buffer.from(deflated.subarray(deflated.length / 2, deflated.length / 2 + 24))
}

const random = () => randomBytes(600).toString('base64')

test('what was erased is in the files before a purge, and not afterwards, nor in the journal', async (t) => {
  const { store, accountId } = await open()
  cleanUp(t, () => store.close())
  const customer = `customer-${randomBytes(12).toString('hex')}`
  const gathered = random().slice(0, 200)
  const needles = new Map<string, Buffer>([
    ['customer', Buffer.from(customer)],
    ['gathered message', Buffer.from(gathered)],
  ])
  await store.writeInteractions(accountId, [
    draft({ id: 'ended', text: random() }),
    draft({ id: 'large', text: random().repeat(20) + random() }),
    draft({ id: 'theirs', text: random(), customer }),
    draft({ id: 'stays', text: random() }),
    draft({ id: 'open', open: true, messages: [] }),
  ])
  for (const id of ['ended', 'large', 'theirs', 'stays']) {
    needles.set(id, await storedBytes(store, accountId, id))
  }
  await add(store, accountId, [message('m1', { text: gathered })], { id: 'open' })
  const all = ['customer', 'ended', 'gathered message', 'large', 'stays', 'theirs']
  assert.deepEqual(foundIn('pg_wal', needles), all)
  await runOn(url, 'CHECKPOINT')
  assert.deepEqual(foundIn('base', needles), all)

  // What a change leaves behind is to go, too.
  await store.writeInteractions(accountId, [draft({ id: 'ended', text: 'short' })])
  await erase(store, accountId, { kind: 'interactions', ids: ['large', 'open'] })
  await erase(store, accountId, { kind: 'customer', customerId: customer })
  await finishErasing(store, accountId)
  await runOn(url, 'CHECKPOINT')
  assert.ok(foundIn('base', needles).length > 1)

  assert.equal(await store.purge(NOW), true)
  await runOn(url, 'CHECKPOINT')
  assert.deepEqual(foundIn('base', needles), ['stays'])
  // The journal has it until the server is done with what is older than a checkpoint.
  await runOn(url, 'SELECT pg_switch_wal()', 'CHECKPOINT')
  assert.deepEqual(
    foundIn('pg_wal', needles).filter((name) => name !== 'stays'),
    [],
  )
  assert.deepEqual((await listedIds(store, accountId)).toSorted(), ['ended', 'stays'])
})

test('statistics hold no customers and no documents, also where they were made before', async (t) => {
  await runOn(server.url('postgres'), 'CREATE DATABASE older')
  const older = server.url('older')
  const database = openDatabase(readAddress(older), DEFAULTS)
  cleanUp(t, () => database.close())
  await migrate(database, () => {}, migrations().slice(0, 2))
  await runOn(
    older,
    `INSERT INTO parlance.interactions SELECT 'a', 'id-' || n, n, 'customer-' || n % 3, n, n, 'hash', 0, 1, 'body'
     FROM generate_series(1, 100) AS n`,
    'ANALYZE parlance.interactions',
  )
  const kept = `SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_stats WHERE schemaname = 'parlance'
    AND (tablename, attname) IN (('interactions', 'customer_id'), ('interactions', 'body'),
      ('gathered_messages', 'json'), ('erasing', 'customer_id'))`
  assert.equal(await answerTo(older, kept), 'body customer_id')
  await migrate(database)
  assert.equal(await answerTo(older, kept), null)
  const { store, accountId } = await open(older)
  cleanUp(t, () => store.close())
  await store.writeInteractions(accountId, [draft({ open: true, messages: [] })])
  await add(store, accountId, [message('m1')])
  await erase(store, accountId, { kind: 'customer', customerId: 'customer' })
  await runOn(older, 'ANALYZE')
  assert.equal(await answerTo(older, kept), null)
  const storage = `SELECT attstorage::text FROM pg_attribute
    WHERE attrelid = 'parlance.interactions'::regclass AND attname = 'body'`
  assert.equal(await answerTo(older, storage), 'e')
})

test('waits for whoever still sees what was erased, and gives up in time', async (t) => {
  const { store, accountId } = await open(url, 300)
  cleanUp(t, () => store.close())
  await store.writeInteractions(accountId, [draft({ id: 'seen' })])
  const { host, port, user, database } = readAddress(url)
  const reader = new Client({ host, port, user, database })
  await reader.connect()
  cleanUp(t, () => reader.end())
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await reader.query('SELECT 1 FROM parlance.interactions')
  const { erasure } = await erase(store, accountId, { kind: 'interactions', ids: ['seen'] })
  await assert.rejects(store.purge(NOW + 1), (error: Error) => {
    assert.ok(error instanceof StoreUnavailable)
    assert.match(error.message, /still seen by 1 transactions/)
    return true
  })
  assert.equal((await store.getErasure(accountId, erasure.erasureId))?.purgedAt, undefined)
  await reader.query('COMMIT')
  assert.equal(await store.purge(NOW + 2), true)
  assertPurged(await store.getErasure(accountId, erasure.erasureId), NOW + 2)
})

test('gives up where somebody reads for long, and those behind it go on', async (t) => {
  const { store, accountId } = await open(url, 300)
  cleanUp(t, () => store.close())
  await store.writeInteractions(accountId, [draft({ id: 'a' })])
  await erase(store, accountId, { kind: 'interactions', ids: ['a'] })
  const { host, port, user, database } = readAddress(url)
  const holder = new Client({ host, port, user, database })
  await holder.connect()
  cleanUp(t, () => holder.end())
  // It sees nothing any more, but holds the table.
  await holder.query('BEGIN')
  await holder.query('SELECT 1 FROM parlance.interactions')
  await assert.rejects(store.purge(NOW + 3), StoreUnavailable)
  await holder.query('COMMIT')
  assert.equal(await store.purge(NOW + 4), true)
})

/** What lets a role write the tables anew, and what takes it away again. */
async function grants(): Promise<[grant: string, revoke: string][]> {
  const membership: [string, string] = ['GRANT postgres TO server', 'REVOKE postgres FROM server']
  const version = Number(await answerTo(url, `SELECT current_setting('server_version_num')`))
  if (version < MAINTAIN_SINCE) return [membership]
  const tables = 'MAINTAIN ON ALL TABLES IN SCHEMA parlance'
  return [membership, [`GRANT ${tables} TO server`, `REVOKE ${tables} FROM server`]]
}

test('by a role that does not own the tables is refused with what to do, and doctor says so', async (t) => {
  const { store, accountId } = await open()
  cleanUp(t, () => store.close())
  await store.writeInteractions(accountId, [draft({ id: 'a' }), draft({ id: 'b' })])
  await runOn(
    url,
    'CREATE ROLE server LOGIN',
    'GRANT USAGE ON SCHEMA parlance TO server',
    'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA parlance TO server',
  )
  const of = new URL(url)
  of.username = 'server'
  const limited = await openPostgresStore(of.href)
  cleanUp(t, () => limited.close())
  const told = async (each: Store) => (await each.inspect()).find(({ name }) => name === 'store purge')
  for (const [index, [grant, revoke]] of (await grants()).entries()) {
    await erase(store, accountId, { kind: 'interactions', ids: [index === 0 ? 'a' : 'b'] })
    await assert.rejects(limited.purge(NOW + 5), (error: Error) => {
      assert.ok(error instanceof StoreUnusable)
      assert.match(error.message, /may not write the tables anew: .*GRANT MAINTAIN/)
      return true
    })
    assert.deepEqual([(await told(limited))?.ok, (await told(store))?.ok], [false, true])
    assert.match((await told(limited))?.advice ?? '', /GRANT MAINTAIN/)
    await runOn(url, grant)
    assert.equal(await limited.purge(NOW + 6), true, grant)
    assert.match((await told(limited))?.detail ?? '', /last purge .* journal before [0-9A-F]+\/[0-9A-F]+/)
    await runOn(url, revoke)
  }
})
