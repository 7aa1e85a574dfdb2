import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { openStore } from '../../../src/store/open.ts'
import { migrations } from '../../../src/store/sqlite/migrate.ts'
import { draft, listedIds, write } from '../contract/drafts.ts'
import { openAcme, openFile, startChild, storeFile, temporaryDirectory } from './support.ts'

const open = (file: string) => openStore(`sqlite:${file}`)

test('a file that is no database is refused, and left as it is', async (t) => {
  const file = await storeFile(t)
  for (const content of ['Dear diary, '.repeat(1000), 'No', Buffer.alloc(8192)]) {
    writeFileSync(file, content)
    await assert.rejects(open(file), { name: 'StoreUnusable', message: /is not a database\. Name another/ })
    assert.deepEqual(readFileSync(file), Buffer.from(content))
  }
})

test('a damaged store is told from one that cannot be reached', async (t) => {
  const { store, file } = await openAcme(t)
  await store.close()
  const bytes = readFileSync(file)
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 7)]))
  await assert.rejects(open(file), { name: 'StoreUnusable', message: /is damaged/ })
})

test('a database of another program is refused, and not a byte of it changed', async (t) => {
  const file = await storeFile(t)
  const other = new DatabaseSync(file)
  other.exec('CREATE TABLE accounts (mine TEXT); INSERT INTO accounts VALUES (1); PRAGMA user_version = 1')
  other.close()
  const before = readFileSync(file)
  await assert.rejects(open(file), { name: 'StoreUnusable', message: /of another program/ })
  assert.deepEqual(readFileSync(file), before)
  assert.deepEqual(readdirSync(join(file, '..')), ['parlance.db'])
})

test('a store that a newer version has upgraded is refused, and left as it is', async (t) => {
  const { store, file } = await openAcme(t)
  await store.close()
  const newer = (migrations().at(-1)?.version ?? 0) + 1
  const db = new DatabaseSync(file)
  db.exec(`PRAGMA user_version = ${newer}`)
  db.close()
  const message = new RegExp(`schema ${newer} .*newer Parlance`)
  await assert.rejects(open(file), { name: 'StoreUnusable', message })
  const after = new DatabaseSync(file)
  assert.deepEqual({ ...after.prepare('PRAGMA user_version').get() }, { user_version: newer })
  after.close()
})

test('a store of an older schema is upgraded, with all that it holds', async (t) => {
  const { store, file } = await openAcme(t)
  for (const id of ['a', 'b']) await write(store, 'acme', draft({ id }))
  await store.close()
  const db = new DatabaseSync(file)
  // As schema 1 was.
  db.exec(`
    DROP INDEX interactions_revision; DROP INDEX interactions_customer; DROP INDEX interactions_open;
    DROP INDEX interactions_idle; DROP TABLE gathered_messages; DROP TABLE tombstones;
    DROP TABLE erased_customers; DROP TABLE erasures; DROP TABLE erasing;
    ALTER TABLE accounts DROP COLUMN settings; ALTER TABLE accounts DROP COLUMN erasure_key;
    ALTER TABLE interactions DROP COLUMN transcript; ALTER TABLE interactions DROP COLUMN word_at;
    ALTER TABLE interactions DROP COLUMN gathered; ALTER TABLE interactions DROP COLUMN gathered_bytes;
    PRAGMA user_version = 1`)
  db.close()
  const upgraded = await openFile(t, file)
  assert.deepEqual(await listedIds(upgraded, 'acme'), ['a', 'b'])
  const records = await upgraded.transfer.readInteractions('acme', { after: 1, limit: 9, maxBytes: 1e9 })
  assert.deepEqual(
    records.map(({ id, revision }) => [id, revision]),
    [['b', 2]],
  )
  const after = new DatabaseSync(file)
  const index = after.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'interactions_revision'").get()
  after.close()
  assert.notEqual(index, undefined)
})

test('an empty file becomes a store; a missing directory is made, for its owner alone', async (t) => {
  const directory = await temporaryDirectory(t)
  const empty = join(directory, 'empty.db')
  writeFileSync(empty, '')
  const nested = join(directory, 'some', 'where', 'parlance.db')
  for (const file of [empty, nested]) {
    const store = await openFile(t, file)
    assert.equal(await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 }), true)
  }
  assert.equal(statSync(join(directory, 'some', 'where')).mode & 0o777, 0o700)
})

test('what is created is readable by its owner alone', async (t) => {
  const mask = process.umask(0)
  t.after(() => process.umask(mask))
  const { store, file } = await openAcme(t)
  await store.setSetting('name', 'value')
  const names = readdirSync(join(file, '..')).sort()
  assert.deepEqual(names, ['parlance.db', 'parlance.db-shm', 'parlance.db-wal'])
  for (const name of names) assert.equal(statSync(join(file, '..', name)).mode & 0o777, 0o600, name)
  assert.equal((await store.inspect()).find(({ name }) => name === 'store file')?.ok, true)
  chmodSync(file, 0o640)
  assert.equal((await store.inspect()).find(({ name }) => name === 'store file')?.ok, false)
})

test('a path that cannot be opened is unavailable, and named', async (t) => {
  const directory = await temporaryDirectory(t)
  writeFileSync(join(directory, 'file'), '')
  for (const path of [directory, join(directory, 'file', 'below.db')]) {
    await assert.rejects(open(path), (error: Error) => {
      assert.ok(error instanceof StoreUnavailable)
      assert.ok(error.message.includes(path), error.message)
      return true
    })
  }
})

test('a URL that names no store is unusable, and its password is not repeated', async () => {
  for (const url of ['sqlite:', 'mysql://user:secret@host/db', 'parlance.db', '']) {
    await assert.rejects(openStore(url), (error: Error) => {
      assert.ok(error instanceof StoreUnusable)
      assert.ok(!error.message.includes('secret'))
      return true
    })
  }
})

test('a file or directory that may only be read is unavailable from the start', async (t) => {
  const nobody = await ordinaryUser(t)
  if (nobody === undefined) return t.skip('needs a user that permissions hold for')
  const { store, file } = await openAcme(t)
  await store.close()
  const directory = join(file, '..')
  const empty = join(directory, 'empty')
  mkdirSync(empty, { mode: 0o555 })
  chmodSync(directory, 0o777)
  chmodSync(file, 0o444)
  for (const path of [file, join(empty, 'new.db')]) {
    const child = startChild(t, 'creator.ts', [path, 'p'], nobody)
    await child.ready()
    child.go()
    const told = (await child.next()) as { error: string; message: string }
    assert.equal(told.error, 'StoreUnavailable')
    assert.ok(told.message.includes(path), told.message)
  }
  assert.deepEqual(readdirSync(empty), [])
})

/** How to start a process that is not root, whom no permission stops; undefined where that is not possible. */
async function ordinaryUser(t: Parameters<typeof startChild>[0]) {
  if (process.getuid === undefined) return undefined
  if (process.getuid() !== 0) return {}
  const nobody = { uid: 65534, gid: 65534 }
  const probe = startChild(t, 'creator.ts', ['', ''], { ...nobody, stdio: ['pipe', 'pipe', 'ignore'] })
  const word = await probe.next().catch(() => undefined)
  return word === 'ready' ? nobody : undefined
}
