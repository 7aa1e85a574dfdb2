import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { deflateBlock } from '../../../src/interaction/block.ts'
import { contentHash } from '../../../src/interaction/content-hash.ts'
import { encodeRun } from '../../../src/store/sqlite/interactions/run.ts'
import { migrations } from '../../../src/store/sqlite/migrate.ts'
import { APPLICATION_ID } from '../../../src/store/sqlite/ours.ts'
import { draft, jsonOf, listedIds, message, NOON } from '../contract/drafts.ts'
import { add, documentWith, erase, finishErasing, openTexts } from '../contract/living-drafts.ts'
import { openFile, storeFile } from './support.ts'

const FOLDER = new URL('../../../src/store/sqlite/migrations/', import.meta.url)

/** A file of schema 3, with one interaction that has ended and one that is open. */
async function fileBefore(path: string): Promise<void> {
  const db = new DatabaseSync(path)
  for (const { version, file } of migrations()) {
    if (version <= 3) db.exec(readFileSync(new URL(file, FOLDER), 'utf8'))
  }
  db.exec(`PRAGMA user_version = 3; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA journal_mode = WAL;
    INSERT INTO accounts (account_id, name, created_at, revision) VALUES ('acme', 'Acme', 1, 2)`)
  const insert = db.prepare(
    `INSERT INTO interactions (account_id, id, revision, customer_id, started_at, ended_at, hash, crc, length, body)
     VALUES ('acme', ?, ?, 'customer', ?, ?, ?, ?, ?, ?)`,
  )
  const ended = draft({ id: 'ended' })
  const plain = Buffer.from(ended.json)
  insert.run('ended', 1, NOON, ended.endedAt ?? null, contentHash(plain), null, null, null)
  const { count, crc, length, body } = encodeRun([
    { startedAt: NOON, id: 'ended', block: deflateBlock(plain) },
  ])
  db.prepare(`INSERT INTO runs VALUES ('acme', ?, 'ended', ?, ?, ?, ?)`).run(NOON, count, crc, length, body)
  const open = Buffer.from(draft({ id: 'open', open: true }).json)
  const block = deflateBlock(open)
  insert.run('open', 2, NOON, null, contentHash(open), block.crc, block.length, block.deflated)
  db.close()
}

test('a file from before goes on: its open ones gather, end when they are idle, and can be erased', async (t) => {
  const path = await storeFile(t)
  const before = Date.now()
  await fileBefore(path)
  const store = await openFile(t, path)
  assert.deepEqual(await listedIds(store, 'acme'), ['ended'])
  assert.equal(await jsonOf(store, 'acme', 'ended'), draft({ id: 'ended' }).json)
  assert.deepEqual(await openTexts(store, 'acme'), [draft({ id: 'open', open: true }).json])
  // They were heard of when the schema was upgraded (to the second), and not long ago.
  const idle = (at: number) => store.endIdle('acme', { before: at, limit: 9 })
  assert.deepEqual(await idle(before - 1000), { count: 0, revision: 2, more: false })
  const patches = [message('m2')]
  assert.equal((await add(store, 'acme', patches, { id: 'open', now: before })).outcome, 'updated')
  const first = message('m1', { text: 'Hello' })
  const whole = documentWith([first, message('m2')], { id: 'open', open: true })
  assert.equal(await jsonOf(store, 'acme', 'open'), whole)
  await erase(store, 'acme', { kind: 'customer', customerId: 'customer' }, before)
  assert.equal(await finishErasing(store, 'acme'), 2)
  assert.equal(await store.purge(before), true)
})

test('open ones of a file from before end when nothing more is heard of them', async (t) => {
  const path = await storeFile(t)
  await fileBefore(path)
  const store = await openFile(t, path)
  const bite = await store.endIdle('acme', { before: Date.now() + 1000, limit: 9 })
  assert.deepEqual(bite, { count: 1, revision: 3, more: false })
  assert.deepEqual(await listedIds(store, 'acme'), ['ended', 'open'])
})
