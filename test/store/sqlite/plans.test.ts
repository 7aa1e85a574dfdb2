import assert from 'node:assert/strict'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { accountReads } from '../../../src/store/sqlite/accounts.ts'
import { clientReads } from '../../../src/store/sqlite/clients.ts'
import { connect } from '../../../src/store/sqlite/connect.ts'
import { erasureReads } from '../../../src/store/sqlite/erasures.ts'
import { importReads } from '../../../src/store/sqlite/imports.ts'
import { changeReads } from '../../../src/store/sqlite/interactions/changes.ts'
import { openReads } from '../../../src/store/sqlite/interactions/open.ts'
import { interactionReads } from '../../../src/store/sqlite/interactions/read.ts'
import { keyReads } from '../../../src/store/sqlite/keys.ts'
import { migrate } from '../../../src/store/sqlite/migrate.ts'
import { operationsOn } from '../../../src/store/sqlite/operations.ts'
import { transferReads } from '../../../src/store/sqlite/transfer.ts'
import { cleanUp, storeFile } from './support.ts'

/** Tables of the whole deployment. `accounts` is the list of accounts: its key is the account. */
const GLOBAL = /^(keys|settings|accounts)$/

/** Every statement that the driver prepares. */
function statementsOf(db: DatabaseSync): string[] {
  const statements: string[] = []
  const recording = new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name !== 'prepare') return typeof value === 'function' ? value.bind(target) : value
      return (sql: string) => {
        statements.push(sql)
        return target.prepare(sql)
      }
    },
  })
  for (const prepare of [
    accountReads,
    clientReads,
    keyReads,
    importReads,
    interactionReads,
    changeReads,
    openReads,
    erasureReads,
    transferReads,
    operationsOn,
  ]) {
    prepare(recording)
  }
  return [...new Set(statements)]
}

test('every statement finds its rows by account, in an index', async (t) => {
  const db = connect(await storeFile(t), { queryOnly: false })
  cleanUp(t, () => db.close())
  migrate(db)
  const statements = statementsOf(db)
  assert.ok(statements.length > 20)
  for (const sql of statements) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
    const details = plan.map(({ detail }) => detail)
    for (const detail of details) {
      const [, how, table = ''] = /^(SEARCH|SCAN) (\w+)/.exec(detail) ?? []
      if (how === undefined || GLOBAL.test(table)) continue
      assert.match(
        detail,
        /^SEARCH \w+ USING .*(INDEX \w+|PRIMARY KEY) \(account_id=\?/,
        `${sql}\n${details}`,
      )
    }
    if (/\b(interactions|runs)\b/.test(sql)) {
      assert.ok(!details.some((detail) => detail.includes('TEMP B-TREE')), `${sql}\n${details}`)
    }
  }
})

test('what is to be erased of a customer is found by the customer', async (t) => {
  const db = connect(await storeFile(t), { queryOnly: false })
  cleanUp(t, () => db.close())
  migrate(db)
  const [found, ...others] = statementsOf(db).filter((sql) => /^SELECT i\.id.*customer_id = \?/s.test(sql))
  assert.deepEqual(others, [])
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${found}`).all() as { detail: string }[]
  const details = plan.map(({ detail }) => detail)
  assert.deepEqual(details, ['SEARCH i USING INDEX interactions_customer (account_id=? AND customer_id=?)'])
})

test('a page of the listing begins at its place in the index, however many start together', async (t) => {
  const db = connect(await storeFile(t), { queryOnly: false })
  cleanUp(t, () => db.close())
  migrate(db)
  // The usual one, and that of an account that is being erased from.
  const listings = statementsOf(db).filter((sql) => /FROM runs\s+WHERE.*> \(\?2, \?3\)/s.test(sql))
  assert.equal(listings.length, 2)
  for (const listing of listings) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${listing}`).all() as { detail: string }[]
    const range = '(account_id=? AND (last_started_at,last_id)>(?,?))'
    assert.equal(plan[0]?.detail, `SEARCH runs USING INDEX sqlite_autoindex_runs_1 ${range}`)
  }
})
