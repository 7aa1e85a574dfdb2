import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Client } from 'pg'
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts'
import { startDeflater } from '../../../src/store/postgres/interactions/deflater.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { accountOf, sql } from '../../../src/store/postgres/statement.ts'
import { storeOn } from '../../../src/store/postgres/store.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { textIn } from '../../../src/store/postgres/wire/decode.ts'
import type { Statement } from '../../../src/store/postgres/wire/encode.ts'
import type { Store } from '../../../src/store/store.ts'
import { ACCOUNT_CALLS, fill, GLOBAL_CALLS, TRANSFER_CALLS } from '../contract/calls.ts'
import { ALWAYS, draft, draftWithoutMessages, message } from '../contract/drafts.ts'
import { add, erase, finishErasing, opening } from '../contract/living-drafts.ts'
import { createDatabase } from './databases.ts'
import { recording } from './recording.ts'
import { runOn } from './server.ts'

/** The tables of accounts; the others are the same on every machine of a cluster. */
const OF_ACCOUNTS =
  /^(revisions|clients|assertions|imports|interactions|gathered_messages|tombstones|erased_customers|erasures|erasing)$/

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Cond'?: string
  Filter?: string
  Plans?: Plan[]
}

/** Every statement that the driver runs, each with values that it was run with, and a database full of others' rows. */
const statements = new Map<string, Statement>()
let url = ''

before(async () => {
  url = await createDatabase()
  await runOn(url, ...FULL, 'ANALYZE')
  const database = openDatabase(readAddress(url), DEFAULTS)
  const store = storeOn(
    recording(database, (statement) => statements.set(statement.text, statement)),
    startDeflater(),
  )
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  await fill(store, 'acme')
  const calls = { ...ACCOUNT_CALLS, ...GLOBAL_CALLS }
  for (const call of Object.values(calls)) await call(store, 'acme').catch(() => {})
  const large = draft({ id: 'large', text: 'x'.repeat(200_000) })
  await store.writeInteractions('acme', [
    large,
    ...Array.from({ length: 9 }, (_, n) => draft({ id: `i${n}` })),
  ])
  await store.writeInteractions('acme', [draftWithoutMessages({ id: 'large', customer: 'another' })])
  // One that is larger than what a page fetches without asking, so that the page is asked for in another way.
  await store.listInteractions('acme', { window: ALWAYS, limit: 50, maxBytes: 1000 })
  await store.listInteractions('acme', { window: ALWAYS, limit: 50, maxBytes: 300_000 })
  for (const call of Object.values(TRANSFER_CALLS)) await call(store, 'acme')
  await live(store)
  await store.close()
})

/** What is written to interactions in each of their forms, and what erasures keep from being written. */
async function live(store: Store): Promise<void> {
  const accountId = 'living'
  await store.createAccount({ accountId, name: 'Living', createdAt: 1 })
  const open = (id: string) => draft({ id, open: true, messages: [] })
  await store.writeInteractions(accountId, [open('a'), open('b'), open('c'), draft({ id: 'ended' })], {
    now: 1,
  })
  await store.writeInteractions(accountId, [open('c')], { now: 1, transcript: 'pending' })
  for (const id of ['a', 'b', 'new', 'ended']) {
    await add(store, accountId, [message('m1')], { id, opening: opening({ id }) })
    await add(store, accountId, [message('m2')], { id, transcript: 'complete' })
    await add(store, accountId, [message('m2')], { id, transcript: 'failed' })
  }
  await store.writeInteractions(accountId, [open('a'), draftWithoutMessages({ id: 'b' })])
  await store.listOpen(accountId, { window: ALWAYS, limit: 50, maxBytes: 1e6 })
  await store.endIdle(accountId, { before: Number.MAX_SAFE_INTEGER, limit: 10 })
  await erase(store, accountId, { kind: 'interactions', ids: ['a'] })
  await erase(store, accountId, { kind: 'account' })
  await store.writeInteractions(accountId, [open('a')])
  await finishErasing(store, accountId)
  await store.writeInteractions(accountId, [draft({ id: 'old' })])
  await store.purge(9)
}

const FULL = [
  `INSERT INTO parlance.revisions SELECT 'account-' || n, 100 FROM generate_series(1, 3000) AS n`,
  `INSERT INTO parlance.clients SELECT 'account-' || n % 300, 'client-' || n, '', '', NULL, NULL, n
   FROM generate_series(1, 6000) AS n`,
  `INSERT INTO parlance.assertions SELECT 'account-' || n % 300, 'client-' || n % 3000, 'jti-' || n, n
   FROM generate_series(1, 6000) AS n`,
  `INSERT INTO parlance.imports SELECT 'account-' || n % 300, 'source-' || n, '{}' FROM generate_series(1, 6000) AS n`,
  `INSERT INTO parlance.interactions
   SELECT 'account-' || n % 20, 'id-' || n, n, 'customer', n * 1000, n * 1000, 'hash', 0, 1000, repeat('x', 300)::bytea
   FROM generate_series(1, 30000) AS n`,
  `INSERT INTO parlance.interactions
   SELECT 'account-' || n % 20, 'open-' || n, 30000 + n, 'customer', n * 1000, NULL, 'hash', 0, 1000, repeat('x', 300)::bytea,
     NULL, n, 10, 100 FROM generate_series(1, 3000) AS n`,
  `INSERT INTO parlance.gathered_messages SELECT 'account-' || n % 20, 'open-' || n % 3000, 'm' || n, n / 3000, '{}'
   FROM generate_series(1, 30000) AS n`,
  `INSERT INTO parlance.tombstones SELECT 'account-' || n % 20, 'id-' || n, n, n, 'customer' FROM generate_series(1, 30000) AS n`,
  `INSERT INTO parlance.erased_customers SELECT 'account-' || n % 20, decode(md5(n::text), 'hex'), n
   FROM generate_series(1, 6000) AS n`,
  `INSERT INTO parlance.erasures SELECT 'account-' || n % 20, 'erasure-' || n, 'customer', NULL, n, 1, n, n
   FROM generate_series(1, 6000) AS n`,
  `INSERT INTO parlance.erasing SELECT 'account-' || n % 300, 'erasure-' || n, 'c' || n, n FROM generate_series(1, 6000) AS n`,
]

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

/**
 * What is wrong with a plan: rows that are not found by account in an index, or many that are put in order, or all of an account
 * that are looked at for an id.
 */
function faultsOf(plan: Plan): string[] {
  const nodes = nodesOf(plan)
  const scans = nodes.filter(
    (node) => OF_ACCOUNTS.test(node['Relation Name'] ?? '') && /Scan/.test(node['Node Type']),
  )
  const faults = scans
    .filter((node) => !/^\(+account_id = /.test(node['Index Cond'] ?? ''))
    .map((node) => `${node['Node Type']} on ${node['Relation Name']}: ${node['Index Cond']}`)
  const sought = scans.filter(({ Filter }) => /\b(id|message_id)\b/.test(Filter ?? ''))
  faults.push(...sought.map((node) => `${node['Node Type']} on ${node['Relation Name']} for ${node.Filter}`))
  const large = nodes.some((node) => node['Relation Name'] === 'interactions')
  const sorts = large ? nodes.filter((node) => /Sort/.test(node['Node Type'])) : []
  return [...faults, ...sorts.map((node) => node['Node Type'])]
}

/** Bitmaps are made by one node and used by another, which tells the condition again. */
function isBitmapHeap(node: Plan): boolean {
  return node['Node Type'] === 'Bitmap Heap Scan'
}

function withoutBitmaps(plan: Plan): Plan {
  const plans = (plan.Plans ?? []).map((each) => withoutBitmaps(each))
  if (!isBitmapHeap(plan)) return { ...plan, Plans: plans }
  const { 'Relation Name': table, Filter } = plan
  const index = { ...plans[0], 'Relation Name': table, ...(Filter && { Filter }) } as Plan
  return { 'Node Type': 'Bitmap', Plans: [index] }
}

async function planned(database: Database, { text, values }: Statement): Promise<Plan> {
  const { rows } = await database.run(sql(`EXPLAIN (FORMAT JSON) ${text}`, ...values))
  return withoutBitmaps(JSON.parse(textIn(rows[0]?.column(0)))[0].Plan)
}

const CONTROL = /^(SET|COMMIT|ROLLBACK|BEGIN|CLUSTER)/

function explained(): Statement[] {
  return [...statements.values()].filter(({ text }) => !CONTROL.test(text))
}

describe('every statement', () => {
  test('finds the rows of one account, in an index, and puts no large table in order', async (t) => {
    const database = openDatabase(readAddress(url), DEFAULTS)
    t.after(() => database.close())
    assert.ok(explained().length >= 80, String(explained().length))
    for (const statement of explained()) {
      assert.deepEqual(faultsOf(await planned(database, statement)), [], statement.text)
    }
  })

  test('does so too with a plan that is made for any values', async (t) => {
    const client = new Client({ ...clientOptions(url) })
    await client.connect()
    t.after(() => client.end())
    // Not EXPLAIN (GENERIC_PLAN), which PostgreSQL 15 does not have.
    await client.query('SET plan_cache_mode = force_generic_plan')
    for (const { text, values } of explained()) {
      await client.query(`PREPARE explained AS ${text}`)
      const given = values.length === 0 ? '' : `(${values.map(() => 'NULL')})`
      const { rows } = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE explained${given}`)
      assert.deepEqual(faultsOf(withoutBitmaps(rows[0]['QUERY PLAN'][0].Plan)), [], text)
      await client.query('DEALLOCATE explained')
    }
  })

  test('is known by its text to be of an account, where it reads rows of one', () => {
    const reading = [...statements.values()].filter(
      ({ text }) => !/^\s*INSERT/.test(text) && text.match(/parlance\.\w+/g)?.some(isOfAccounts),
    )
    assert.ok(reading.length >= 40, String(reading.length))
    for (const statement of reading) {
      assert.equal(accountOf([statement]), statement.values[0], statement.text)
    }
  })

  test('writes rows of the account that it names', () => {
    for (const { text } of explained()) {
      const [, table, column] = /INSERT INTO parlance\.(\w+)\s*\((\w+)/.exec(text) ?? []
      if (table === undefined || !OF_ACCOUNTS.test(table)) continue
      assert.equal(column, 'account_id', text)
      assert.match(text, /(VALUES \(|SELECT )\$1\b|SELECT account_id, .*WHERE account_id = \$1/s)
    }
  })

  test('touches no table of accounts together with a global one', () => {
    for (const { text } of explained()) {
      const tables = [...text.matchAll(/parlance\.(\w+)/g)].map(([, table]) => table as string)
      assert.equal(new Set(tables.map((table) => OF_ACCOUNTS.test(table))).size <= 1, true, text)
    }
  })
})

describe('every number of a row', () => {
  // Where the frame alone differs from another window's, PostgreSQL 16 makes one of both, and loses conditions on the number.
  test('is of a window with a name, which others may share as it is', () => {
    const numbering = explained().filter(({ text }) => /row_number\(\)/.test(text))
    assert.ok(numbering.length >= 2)
    for (const { text } of numbering) assert.doesNotMatch(text, /row_number\(\) OVER \(/)
  })
})

describe('this test', () => {
  const wrong = {
    'a missing account': 'SELECT id FROM parlance.interactions WHERE id = $1',
    'every account': 'SELECT max(revision) FROM parlance.interactions WHERE started_at > length($1)',
    'an order without an index':
      'SELECT id FROM parlance.interactions WHERE account_id = $1 ORDER BY crc LIMIT 5',
    'an id among all of the account':
      "SELECT crc FROM parlance.interactions WHERE account_id = $1 AND id || '' = 'x'",
    'a deletion of all': 'DELETE FROM parlance.clients WHERE name = $1',
  }
  for (const [what, text] of Object.entries(wrong)) {
    test(`would tell ${what}`, async (t) => {
      const database = openDatabase(readAddress(url), DEFAULTS)
      t.after(() => database.close())
      assert.notDeepEqual(faultsOf(await planned(database, sql(text, 'account-1'))), [])
    })
  }
})

function clientOptions(of: string) {
  const { host, port, user, password, database } = readAddress(of)
  return { host, port, user, password: password ?? '', database }
}

function isOfAccounts(table: string): boolean {
  return OF_ACCOUNTS.test(table.replace('parlance.', ''))
}
