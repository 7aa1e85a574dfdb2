import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateBlock } from '../../../src/interaction/block.ts'
import { contentHash } from '../../../src/interaction/content-hash.ts'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { migrate, migrations } from '../../../src/store/postgres/migrate.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { draft, jsonOf, listedIds, message, NOON } from '../contract/drafts.ts'
import { add, documentWith, erase, finishErasing, NOW } from '../contract/living-drafts.ts'
import { createDatabase } from './databases.ts'

/** A database of schema 2 with one interaction that has ended and two that are open, brought up to date. */
async function databaseBefore(): Promise<string> {
  const url = await createDatabase({ empty: true })
  const database = openDatabase(readAddress(url), DEFAULTS)
  try {
    const all = migrations()
    await migrate(database, () => {}, all.slice(0, 2))
    await database.run(sql(`INSERT INTO parlance.accounts VALUES ('acme', 'Acme', 1)`))
    await database.run(sql(`INSERT INTO parlance.revisions VALUES ('acme', 3)`))
    const drafts = [draft({ id: 'ended' }), draft({ id: 'open', open: true }), draft({ id: 'b', open: true })]
    for (const [index, { id, json, endedAt }] of drafts.entries()) {
      const plain = Buffer.from(json)
      const { crc, length, deflated } = deflateBlock(plain)
      await database.run(
        sql(
          `INSERT INTO parlance.interactions
             (account_id, id, revision, customer_id, started_at, ended_at, hash, crc, length, body)
           VALUES ('acme', $1, $2, 'customer', $3, $4, $5, $6, $7, $8)`,
          ...[id, index + 1, NOON, endedAt, contentHash(plain), crc, length, deflated],
        ),
      )
    }
    await migrate(database, () => {}, all)
  } finally {
    await database.close()
  }
  return url
}

test('a database from before goes on: its open ones gather, end when they are idle, and can be erased', async (t) => {
  const url = await databaseBefore()
  const store = await openPostgresStore(url)
  t.after(() => store.close())
  assert.equal(await jsonOf(store, 'acme', 'ended'), draft({ id: 'ended' }).json)
  const day = 24 * 60 * 60 * 1000
  // They were heard of when the schema was upgraded.
  const idle = (before: number) => store.endIdle('acme', { before, limit: 9 })
  assert.deepEqual(await idle(Date.now() - day), { count: 0, revision: 3, more: false })
  const word = { id: 'open', now: Date.now() + 9 * day }
  assert.equal((await add(store, 'acme', [message('m2')], word)).outcome, 'updated')
  const first = message('m1', { text: 'Hello' })
  const whole = documentWith([first, message('m2')], { id: 'open', open: true })
  assert.equal(await jsonOf(store, 'acme', 'open'), whole)
  assert.deepEqual(await idle(Date.now() + day), { count: 1, revision: 5, more: false })
  assert.deepEqual(await listedIds(store, 'acme'), ['b', 'ended'])
  await erase(store, 'acme', { kind: 'customer', customerId: 'customer' })
  assert.equal(await finishErasing(store, 'acme'), 3)
  assert.equal(await store.purge(NOW), true)
})
