import assert from 'node:assert/strict'
import { before, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { migrateStore } from '../../../src/store/migrate.ts'
import { openPostgresStore } from '../../../src/store/postgres/store.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import type { Store } from '../../../src/store/store.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { cleanUp } from '../sqlite/support.ts'
import { runOn, startServer } from './server.ts'

/** Milliseconds in which an account is answered that nothing is wrong with; a statement of another may take six times as long. */
const SOON = 5000

/**
 * Statements of an account that is named in `public.hanging` wait for whoever has the lock, as those do whose machine of a cluster
 * takes what is sent and answers nothing. Roles that own the tables are exempt from it.
 */
const HANGING = [
  'CREATE TABLE public.hanging (account_id text PRIMARY KEY)',
  `CREATE FUNCTION public.reachable(asked text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
   BEGIN
     IF EXISTS (SELECT 1 FROM public.hanging WHERE account_id = asked) THEN
       PERFORM pg_advisory_xact_lock_shared(1);
     END IF;
     RETURN true;
   END $$`,
  'CREATE ROLE app LOGIN',
  'GRANT USAGE ON SCHEMA parlance TO app',
  'GRANT ALL ON ALL TABLES IN SCHEMA parlance TO app',
  'GRANT SELECT ON public.hanging TO app',
  'ALTER TABLE parlance.revisions ENABLE ROW LEVEL SECURITY',
  'CREATE POLICY hanging ON parlance.revisions USING (public.reachable(account_id))',
]

let url = ''

before(async () => {
  // Of its own, for it gets a role.
  const server = await startServer()
  await runOn(server.url('postgres'), 'CREATE DATABASE parlance')
  url = server.url('parlance')
  await migrateStore(url)
  await runOn(url, ...HANGING)
})

let opened = 0

/** A store with accounts, each with an interaction; `hang` makes all statements of some hang until what it gives is called. */
async function start(t: TestContext, count: number) {
  const app = new URL(url)
  app.username = 'app'
  const store = await openPostgresStore(app.href, { poolSize: 10 })
  opened += 1
  const accounts = Array.from({ length: count }, (_, n) => `store-${opened}-account-${n}`)
  for (const accountId of accounts) {
    await store.createAccount({ accountId, name: accountId, createdAt: 1 })
    await store.writeInteractions(accountId, [plainDraft('first')])
  }
  const { host, port, user, database } = readAddress(url)
  const admin = new Client({ host, port, user, database })
  await admin.connect()
  cleanUp(t, () => store.close())
  // Before the store waits for what hangs.
  cleanUp(t, () => admin.end())
  async function hang(hanging: string[]): Promise<() => Promise<unknown>> {
    await admin.query('SELECT pg_advisory_lock(1)')
    await admin.query('INSERT INTO public.hanging SELECT unnest($1::text[])', [hanging])
    return () => admin.query('SELECT pg_advisory_unlock(1)')
  }
  return { store, accounts, hang }
}

/** Asks again and again, one request after the other, and fails where an answer takes long. */
function keepAsking(store: Store, accountId: string) {
  let answers = 0
  let stopped = false
  async function ask(): Promise<void> {
    while (!stopped) {
      const since = performance.now()
      if (answers % 2 === 0) assert.equal(await store.getRevision(accountId), 1)
      else await store.writeInteractions(accountId, [plainDraft('first')])
      const took = performance.now() - since
      assert.ok(took < SOON, `answer ${answers} took ${took} ms`)
      answers += 1
      await sleep(20)
    }
  }
  const asking = ask()
  asking.catch(() => {})
  return {
    async stop() {
      stopped = true
      await asking
      return answers
    },
  }
}

/** Counts those that are refused; nothing else may go wrong with them. */
function refusals(requests: Promise<unknown>[]) {
  let count = 0
  const settled = requests.map((request) =>
    request.catch((error) => {
      assert.ok(error instanceof StoreUnavailable, String(error))
      count += 1
    }),
  )
  return {
    settled: () => Promise.all(settled),
    async reached(least: number) {
      while (count < least) await sleep(20)
    },
  }
}

test('an account that hangs is unavailable, the others are served, and it is when it no longer hangs', {
  timeout: 120_000,
}, async (t) => {
  const { store, accounts, hang } = await start(t, 3)
  const [stuck, well, quiet] = accounts as [string, string, string]
  const release = await hang([stuck])
  const refused = refusals(Array.from({ length: 30 }, () => store.getRevision(stuck)))
  const asking = keepAsking(store, well)
  await refused.reached(20)
  const since = performance.now()
  assert.equal(await store.getRevision(quiet), 1)
  assert.ok(performance.now() - since < SOON)
  assert.ok((await asking.stop()) > 10)
  await release()
  assert.equal(await store.getRevision(stuck), 1)
  await store.writeInteractions(stuck, [plainDraft('second')])
  assert.equal(await store.getRevision(stuck), 2)
  await refused.settled()
})

test('twenty accounts that hang leave room for the others, and are served when they no longer hang', {
  timeout: 120_000,
}, async (t) => {
  const { store, accounts, hang } = await start(t, 23)
  const [well, newcomer, later, ...stuck] = accounts as [string, string, string, ...string[]]
  const asking = keepAsking(store, well)
  const release = await hang(stuck)
  const three = () => [...stuck, ...stuck, ...stuck].map((accountId) => store.getRevision(accountId))
  const refused = refusals(three())
  // Behind all of them, and not known to be well; so it may take longer, but is not refused.
  assert.equal(await store.getRevision(newcomer), 1)
  await refused.reached(40)
  // They come again, and are known by now.
  const again = refusals(three())
  const since = performance.now()
  assert.equal(await store.getRevision(later), 1)
  assert.ok(performance.now() - since < SOON)
  await again.reached(40)
  assert.ok((await asking.stop()) > 10)
  await release()
  const served = await Promise.all(stuck.map((accountId) => store.getRevision(accountId)))
  assert.deepEqual(new Set(served), new Set([1]))
  await refused.settled()
  await again.settled()
})
