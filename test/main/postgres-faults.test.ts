import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { Client } from 'pg'
import { migrateStore } from '../../src/store/migrate.ts'
import { readAddress } from '../../src/store/postgres/url.ts'
import { ask, interaction, until } from '../http/support.ts'
import { blockClients, holdAccount } from '../store/postgres/hold.ts'
import { type Cut, startProxy } from '../store/postgres/proxy.ts'
import { type OwnServer, runOn, startServer } from '../store/postgres/server.ts'
import { cleanUp } from '../store/sqlite/support.ts'
import { assertKept, assertUnavailable, get, keepWriting, list, put, serveOn } from './postgres-support.ts'

/** Of this file alone: it is filled, crashed and made read-only. */
let postgres: OwnServer
let databases = 0

before(async () => {
  postgres = await startServer(['max_connections=30'])
})

/** A database of one test's own. */
async function database(options = ''): Promise<string> {
  databases += 1
  const name = `faults_${databases}`
  await runOn(postgres.url('postgres'), `CREATE DATABASE ${name} TEMPLATE template0 ${options}`)
  await migrateStore(postgres.url(name))
  return postgres.url(name)
}

test('a server that crashes under load: 503 meanwhile, and all that was acknowledged is there', {
  timeout: 120_000,
}, async (t) => {
  const { server, access } = await serveOn(t, await database(), 3)
  const load = keepWriting(server, access)
  await load.acknowledgedAgain()
  for (let n = 0; n < 2; n += 1) {
    await postgres.crash()
    await load.refusedAgain()
    assert.equal((await ask(server, '/healthz')).status, 200)
    assertUnavailable(await ask(server, '/readyz'))
    assertUnavailable(await list(server, access[0] as never))
    await postgres.restart()
    await load.acknowledgedAgain()
  }
  await load.stop()
  assert.equal((await ask(server, '/readyz')).status, 200)
  for (const writer of load.writers) await assertKept(server, writer)
})

test('connections that the server ends under load: what was acknowledged is there, and it goes on', {
  timeout: 120_000,
}, async (t) => {
  const url = await database()
  const { server, access } = await serveOn(t, url, 3)
  const load = keepWriting(server, access)
  for (let n = 0; n < 5; n += 1) {
    await load.acknowledgedAgain()
    await runOn(
      url,
      `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
  }
  await load.acknowledgedAgain()
  await load.stop()
  for (const writer of load.writers) await assertKept(server, writer)
})

const COMMITS: [cut: Cut, status: number, what: string][] = [
  ['before', 201, 'a commit that never arrived'],
  ['after', 200, 'a commit whose answer never came'],
]
for (const [cut, status, what] of COMMITS) {
  test(`${what} is unavailable, and writing again settles it`, { timeout: 60_000 }, async (t) => {
    const proxy = await startProxy(t, await database())
    // So that each commit is told by its text.
    const off = { PARLANCE_DATABASE_PREPARED: 'off' }
    const { server, access } = await serveOn(t, proxy.url, 1, off)
    const [acme] = access as [(typeof access)[0]]
    assert.equal((await put(server, acme, 'first')).status, 201)

    const done = proxy.cutAtCommit(cut)
    assertUnavailable(await put(server, acme, 'one'))
    await done
    const again = await put(server, acme, 'one')
    assert.deepEqual([again.status, again.headers['parlance-revision']], [status, '2'])

    const body = { interactions: ['two', 'three'].map((id) => interaction(id)) }
    const batch = () => ask(server, '/v1/interactions', { method: 'POST', token: acme.token, body })
    const cutAgain = proxy.cutAtCommit(cut)
    assertUnavailable(await batch())
    await cutAgain
    const { results } = JSON.parse((await batch()).text)
    const outcome = status === 200 ? 'unchanged' : 'created'
    assert.deepEqual(
      results.map(({ result, revision }: { result: string; revision: number }) => [result, revision]),
      [
        [outcome, 3],
        [outcome, 4],
      ],
    )
    assert.equal(await server.store.getRevision(acme.accountId), 4)
  })
}

test('a server without a connection left: 503, and it goes on when there is one', {
  timeout: 60_000,
}, async (t) => {
  const url = await database()
  const { server, access } = await serveOn(t, url)
  const [acme] = access as [(typeof access)[0]]
  assert.equal((await put(server, acme, 'a')).status, 201)
  const others = await occupy(url)
  cleanUp(t, () => Promise.all(others.map((client) => client.end())))
  assertUnavailable(await list(server, acme))
  assertUnavailable(await put(server, acme, 'b'))
  assert.ok(server.log.some((line) => JSON.stringify(line).includes('no connection left')))
  await Promise.all(others.splice(0).map((client) => client.end()))
  await until(async () => (await put(server, acme, 'b')).status === 201)
})

/** Ends all of the application's connections, and takes all that the server has. */
async function occupy(url: string): Promise<Client[]> {
  const { host, port, user, database: name } = readAddress(url)
  const clients: Client[] = []
  for (;;) {
    const client = new Client({ host, port, user, database: name })
    client.on('error', () => {})
    try {
      await client.connect()
    } catch {
      return clients
    }
    clients.push(client)
    await client.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'parlance'`,
    )
  }
}

test('a server that takes no writes: reads go on, writes are 503, and go on when it takes them', {
  timeout: 60_000,
}, async (t) => {
  const url = await database()
  const { server, access } = await serveOn(t, url)
  const [acme] = access as [(typeof access)[0]]
  assert.equal((await put(server, acme, 'a')).status, 201)
  const name = new URL(url).pathname.slice(1)
  await runOn(
    postgres.url('postgres'),
    `ALTER DATABASE ${name} SET default_transaction_read_only = on`,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
  )
  assertUnavailable(await put(server, acme, 'b'))
  assert.equal((await get(server, acme, 'a')).status, 200)
  assert.equal((await list(server, acme)).status, 200)
  assert.ok(server.log.some((line) => JSON.stringify(line).includes('read-only')))
  // The connections that were made meanwhile stay read-only: they are left for new ones.
  await runOn(postgres.url('postgres'), `ALTER DATABASE ${name} RESET default_transaction_read_only`)
  await until(async () => (await put(server, acme, 'b')).status === 201)
})

test('an account that is locked for too long: its writes are 503, all others are served', {
  timeout: 60_000,
}, async (t) => {
  const url = await database()
  const { server, access } = await serveOn(t, url, 2, { PARLANCE_DATABASE_LOCK_TIMEOUT: '1' })
  const [held, free] = access as [(typeof access)[0], (typeof access)[0]]
  const release = await holdAccount(url, held.accountId)
  cleanUp(t, release)
  const late = Promise.all([1, 2, 3, 4].map((n) => put(server, held, `i${n}`)))
  for (let n = 0; n < 20; n += 1) {
    assert.equal((await put(server, free, `i${n}`)).status, 201)
    assert.equal((await list(server, held)).status, 200)
  }
  for (const answer of await late) assertUnavailable(answer)
  await release()
  assert.equal((await put(server, held, 'i1')).status, 201)
})

test('statements that take too long: 503, and the server is rid of them', { timeout: 60_000 }, async (t) => {
  const url = await database()
  const { server, access } = await serveOn(t, url, 1, { PARLANCE_DATABASE_TIMEOUT: '3' })
  const [acme] = access as [(typeof access)[0]]
  const release = await blockClients(url)
  cleanUp(t, release)
  // Whether the token's client is still there is asked on every request.
  for (const answer of await Promise.all([1, 2, 3].map(() => list(server, acme)))) assertUnavailable(answer)
  await release()
  assert.equal((await list(server, acme)).status, 200)
})
