import assert from 'node:assert/strict'
import { before, type TestContext, test } from 'node:test'
import { StoreUnusable } from '../../../src/store/errors.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { openReplica } from '../../../src/store/postgres/replica.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import type { Store } from '../../../src/store/store.ts'
import { until } from '../../http/support.ts'
import { ALWAYS, draft, idsOf } from '../contract/drafts.ts'
import { cleanUp } from '../sqlite/support.ts'
import { caughtUp, goOn, type Pair, pause, startMigratedPair } from './pair.ts'

let pair: Pair
let accounts = 0

before(async () => {
  pair = await startMigratedPair()
})

interface Opened {
  store: Store
  accountId: string
  told: string[]
  list(atLeast?: number): Promise<string[]>
  write(...ids: string[]): Promise<number>
}

/** A store with the replica, and an account of its own in it. */
async function open(t: TestContext, readUrl = pair.replicaUrl): Promise<Opened> {
  const told: string[] = []
  const log = { info: (text: string) => told.push(text), warn: (text: string) => told.push(text) }
  const store = await openPostgresStore(pair.primaryUrl, { readUrl }, log)
  cleanUp(t, () => store.close())
  accounts += 1
  const accountId = `account-${accounts}`
  await store.createAccount({ accountId, name: accountId, createdAt: 1 })
  return {
    store,
    accountId,
    told,
    list: async (atLeast) =>
      idsOf(await store.listInteractions(accountId, { window: ALWAYS, limit: 50, maxBytes: 1e6, atLeast })),
    async write(...ids) {
      const results = await store.writeInteractions(
        accountId,
        ids.map((id) => draft({ id })),
      )
      const last = results.at(-1)
      assert.ok(last !== undefined && last.outcome !== 'rejected')
      return last.revision
    },
  }
}

test('a listing is read from the replica, and from the primary where that has more to show', async (t) => {
  const { list, write, store, accountId } = await open(t)
  assert.equal(await write('a', 'b'), 2)
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  assert.equal(await write('c'), 3)
  // What the replica says is how it is known that it was asked.
  assert.deepEqual(await list(2), ['a', 'b'])
  assert.deepEqual(await list(3), ['a', 'b', 'c'])
  assert.deepEqual(await list(), ['a', 'b', 'c'])
  assert.equal((await store.getInteraction(accountId, 'c'))?.revision, 3)
  assert.equal(await store.getRevision(accountId), 3)
  await goOn(pair)
  assert.deepEqual(await list(3), ['a', 'b', 'c'])
})

test('what an erasure hides is hidden on the replica as soon as it has its revision', async (t) => {
  const { list, write, store, accountId } = await open(t)
  await store.writeInteractions(accountId, [
    draft({ id: 'theirs', customer: 'gone' }),
    draft({ id: 'other', customer: 'other' }),
  ])
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  const target = { kind: 'customer', customerId: 'gone' } as const
  const { revision } = await store.erase(accountId, { erasureId: 'erasure', target, now: 1e12 })
  assert.equal(revision, 3)
  // Who knows of the erasure is answered by the primary as long as the replica does not.
  assert.deepEqual(await list(3), ['other'])
  await goOn(pair)
  await pause(pair)
  assert.equal(await write('new'), 4)
  // That what is new is missing shows who answers.
  assert.deepEqual(await list(3), ['other'])
  assert.deepEqual(await list(4), ['new', 'other'])
  const large = { window: ALWAYS, limit: 50, maxBytes: 1, atLeast: 3 }
  assert.deepEqual(idsOf(await store.listInteractions(accountId, large)), ['other'])
  // The row that hides goes together with what it hides.
  assert.deepEqual(await store.eraseMore(accountId, 10, 1e12), { count: 1, revision: 5, more: false })
  await goOn(pair)
  await pause(pair)
  await write('newer')
  assert.deepEqual(await list(5), ['new', 'other'])
})

test('where all was erased, nothing is left of the page that a replica gave before it', async (t) => {
  const { list, write, store, accountId } = await open(t)
  await write('a')
  await write('b')
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  const { revision } = await store.erase(accountId, {
    erasureId: 'erasure',
    target: { kind: 'account' },
    now: 1e12,
  })
  // Not having the revision, it gives its page all the same.
  assert.deepEqual(await list(2), ['a', 'b'])
  assert.deepEqual(await list(revision), [])
})

test('a page whose bytes the server bounds is as old as another', async (t) => {
  const { store, accountId, write } = await open(t)
  await store.writeInteractions(accountId, [
    draft({ id: 'a' }),
    draft({ id: 'large', text: 'x'.repeat(200_000) }),
  ])
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  await write('new')
  const query = { window: ALWAYS, limit: 50, maxBytes: 300_000 }
  assert.deepEqual(idsOf(await store.listInteractions(accountId, { ...query, atLeast: 2 })), ['a', 'large'])
  const newer = await store.listInteractions(accountId, { ...query, atLeast: 3 })
  assert.deepEqual(idsOf(newer), ['a', 'large', 'new'])
})

test('an account that the replica does not know yet is read from the primary', async (t) => {
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  const { list, write } = await open(t)
  assert.deepEqual(await list(0), [])
  await write('a')
  assert.deepEqual(await list(1), ['a'])
})

test('every page has what its reader knows of, while both are busy', { timeout: 60_000 }, async (t) => {
  const { list, write, store, accountId } = await open(t)
  const ids: string[] = []
  for (let n = 0; n < 60; n += 1) {
    const id = `i${String(n).padStart(2, '0')}`
    ids.push(id)
    const revision = await write(id)
    const [page, standing] = await Promise.all([list(revision), store.getStanding(accountId, 'x')])
    assert.deepEqual(page, ids.slice(0, 50))
    assert.equal(standing?.revision, revision)
  }
})

test('a replica that is gone: the primary answers, it is told once, and the replica is asked again later', {
  timeout: 120_000,
}, async (t) => {
  const { list, write, told } = await open(t)
  assert.equal(await write('a'), 1)
  await caughtUp(pair)
  await list(1)
  assert.deepEqual(told, [])
  await pair.replica.crash()
  for (let n = 0; n < 5; n += 1) assert.deepEqual(await list(1), ['a'])
  assert.deepEqual(told.length, 1)
  assert.match(told[0] ?? '', /^The replica does not answer, so the primary does\. .*cannot be reached/)
  await pair.replica.restart()
  await until(async () => (await list(1)) && told.length === 2)
  assert.match(told[1] ?? '', /answers again/)
  // And it is asked: it does not know of what comes now.
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  await write('b')
  assert.deepEqual(await list(1), ['a'])
})

test('a replica without the schema is told of, and costs nobody anything', async (t) => {
  const { list, write, told } = await open(t, pair.replica.url('postgres'))
  await write('a')
  assert.deepEqual(await list(1), ['a'])
  assert.match(told.join(), /Run: parlance migrate/)
})

test('a replica that stays far behind is told of once, and when it has caught up', {
  timeout: 60_000,
}, async (t) => {
  const { accountId, write } = await open(t)
  await caughtUp(pair)
  const told: string[] = []
  const log = { info: (text: string) => told.push(text), warn: (text: string) => told.push(text) }
  const replica = openReplica(pair.replicaUrl, DEFAULTS, log, 50)
  cleanUp(t, () => replica.close())
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  const revision = await write('a')
  for (let n = 0; n < 3; n += 1) {
    assert.equal(await replica.run(accountId, revision, sql('SELECT 1')), undefined)
  }
  await until(() => told.length > 0)
  assert.match(told[0] ?? '', /is more than 0.05 s behind/)
  await goOn(pair)
  await until(() => told.length > 1)
  assert.equal(told.length, 2)
  assert.match(told[1] ?? '', /has caught up/)
})

test('the revision is looked up before the page, so that the page is never the older one', async (t) => {
  const { accountId, write } = await open(t)
  const replica = openReplica(pair.replicaUrl, DEFAULTS, { info() {}, warn() {} })
  cleanUp(t, () => replica.close())
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  const revision = await write('a')
  // In place of a page: lets the replica go on, and waits until it may well have reached the revision.
  const meanwhile = sql('SELECT pg_wal_replay_resume()::text || pg_sleep(0.3)::text')
  assert.equal(await replica.run(accountId, revision, meanwhile), undefined)
  await caughtUp(pair)
  assert.notEqual(await replica.run(accountId, revision, sql('SELECT 1')), undefined)
})

test('doctor tells how far the replica is behind, and what is wrong with it', async (t) => {
  const { store, write } = await open(t)
  const told = async (of = store) => (await of.inspect()).find(({ name }) => name === 'store replica')
  await caughtUp(pair)
  await until(async () => (await told())?.detail.endsWith('up to date') === true)
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  await write('a')
  const behind = await told()
  assert.match(behind?.detail ?? '', /, [1-9]\d* bytes behind$/)
  assert.equal(behind?.ok, true)
  const { store: wrong } = await open(t, pair.replica.url('postgres'))
  const failing = await told(wrong)
  assert.deepEqual([failing?.ok, failing?.advice?.includes('PARLANCE_DATABASE_READ')], [false, true])
  const { store: same } = await open(t, pair.primaryUrl)
  assert.match((await told(same))?.detail ?? '', /no standby/)
})

test('a URL that cannot be read is refused at once', async () => {
  const readUrl = 'postgres://ann:secret@replica/x?what=1'
  await assert.rejects(openPostgresStore(pair.primaryUrl, { readUrl }), StoreUnusable)
})
