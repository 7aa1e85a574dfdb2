import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { Client } from 'pg'
import { migrateStore } from '../../src/store/migrate.ts'
import { readAddress } from '../../src/store/postgres/url.ts'
import { type OwnServer, runOn, startServer } from '../store/postgres/server.ts'
import { cleanUp } from '../store/sqlite/support.ts'
import { assertUnavailable, get, list, put, serveOn } from './postgres-support.ts'

/**
 * Whatever touches rows of an account that is named in `public.failing` fails with the SQLSTATE that stands there, as
 * statements of an account do whose machine of a cluster is gone. Roles that own the tables are exempt from it.
 */
const FAILING = [
  'CREATE TABLE public.failing (account_id text PRIMARY KEY, code text NOT NULL)',
  `CREATE FUNCTION public.reachable(asked text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
   DECLARE found text := (SELECT code FROM public.failing WHERE account_id = asked);
   BEGIN
     IF found IS NOT NULL THEN RAISE EXCEPTION 'connection to the remote node failed' USING ERRCODE = found; END IF;
     RETURN true;
   END $$`,
  'CREATE ROLE app LOGIN',
  'GRANT USAGE ON SCHEMA parlance TO app',
  'GRANT ALL ON ALL TABLES IN SCHEMA parlance TO app',
  'GRANT SELECT ON public.failing TO app',
  ...['revisions', 'interactions'].flatMap((table) => [
    `ALTER TABLE parlance.${table} ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY failing ON parlance.${table} USING (public.reachable(account_id))`,
  ]),
]
/** What a cluster's coordinator, or a server that has lost a part, may say; never that our connection is lost. */
const CODES = [
  '08000',
  '08001',
  '08003',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  '58000',
  '58030',
  '53100',
  '53300',
]

let postgres: OwnServer
let url = ''

before(async () => {
  postgres = await startServer()
  await runOn(postgres.url('postgres'), 'CREATE DATABASE parlance')
  url = postgres.url('parlance')
  await migrateStore(url)
  await runOn(url, ...FAILING)
})

test('an account whose rows cannot be reached is 503, and no other account notices', {
  timeout: 120_000,
}, async (t) => {
  const app = new URL(url)
  app.username = 'app'
  const { server, access } = await serveOn(t, app.href, 2)
  const [broken, well] = access as [(typeof access)[0], (typeof access)[0]]
  for (const each of access) assert.equal((await put(server, each, 'kept')).status, 201)
  const { host, port, user, database } = readAddress(url)
  const admin = new Client({ host, port, user, database })
  await admin.connect()
  cleanUp(t, () => admin.end())
  const connections = async () => {
    const { rows } = await admin.query(`SELECT pid FROM pg_stat_activity WHERE usename = 'app' ORDER BY pid`)
    return rows.map(({ pid }) => pid as number)
  }

  let known = await connections()
  for (const [n, code] of CODES.entries()) {
    await admin.query('INSERT INTO public.failing VALUES ($1, $2)', [broken.accountId, code])
    const asked = [1, 2, 3].flatMap((each) => [
      put(server, broken, `${code}-${each}`),
      get(server, broken, 'kept'),
      list(server, broken),
    ])
    const served = [1, 2, 3].map((each) => put(server, well, `${n}-${each}`))
    for (const answer of await Promise.all(asked)) assertUnavailable(answer)
    for (const answer of await Promise.all(served)) assert.equal(answer.status, 201, answer.text)
    assert.equal((await list(server, well)).status, 200)
    await admin.query('DELETE FROM public.failing')
    assert.equal((await get(server, broken, 'kept')).status, 200)
    // Nobody was made to connect anew for what was not about the connection.
    const now = await connections()
    assert.deepEqual(
      known.filter((pid) => !now.includes(pid)),
      [],
      code,
    )
    known = now
  }
  assert.equal((await put(server, broken, 'last')).headers['parlance-revision'], '2')
  assert.equal(await server.store.getRevision(well.accountId), 1 + 3 * CODES.length)
})
