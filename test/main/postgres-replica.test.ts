import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { until } from '../http/support.ts'
import { answerTo, caughtUp, goOn, type Pair, pause, startMigratedPair } from '../store/postgres/pair.ts'
import { startProxy } from '../store/postgres/proxy.ts'
import { cleanUp } from '../store/sqlite/support.ts'
import { assertUnavailable, get, keepWriting, list, put, serveOn } from './postgres-support.ts'

let pair: Pair

before(async () => {
  pair = await startMigratedPair()
})

const idsIn = (text: string) =>
  JSON.parse(text)._embedded.interactions.map(({ id }: { id: string }) => id) as string[]

test('whoever writes sees it at once, however far the replica is behind', { timeout: 60_000 }, async (t) => {
  const { server, access } = await serveOn(t, pair.primaryUrl, 2, { PARLANCE_DATABASE_READ: pair.replicaUrl })
  const [writing, still] = access as [(typeof access)[0], (typeof access)[0]]
  for (const each of access) await put(server, each, 'a')
  await pause(pair)
  cleanUp(t, () => goOn(pair))
  for (const id of ['b', 'c']) {
    assert.equal((await put(server, writing, id)).status, 201)
    const one = await get(server, writing, id)
    assert.equal(one.status, 200)
    const page = await list(server, writing)
    assert.ok(idsIn(page.text).includes(id))
    assert.notEqual(page.headers.etag, undefined)
  }
  // An account that the replica knows all of is read from there: from nowhere else, since there it is gone by now.
  await answerTo(pair.primaryUrl, `DELETE FROM parlance.interactions WHERE account_id = '${still.accountId}'`)
  assert.deepEqual(idsIn((await list(server, still)).text), ['a'])
  assert.equal((await get(server, still, 'a')).status, 404)
})

test('a replica that is gone is told of in the log, once, and costs no answer', {
  timeout: 60_000,
}, async (t) => {
  const { server, access } = await serveOn(t, pair.primaryUrl, 1, {
    PARLANCE_DATABASE_READ: pair.replicaUrl,
    PARLANCE_LOG_LEVEL: 'warn',
  })
  const [acme] = access as [(typeof access)[0]]
  await put(server, acme, 'a')
  await pair.replica.crash()
  cleanUp(t, () => pair.replica.restart())
  const pages = await Promise.all(Array.from({ length: 10 }, () => list(server, acme)))
  for (const page of pages) assert.deepEqual([page.status, ...idsIn(page.text)], [200, 'a'])
  assert.deepEqual(
    server.log.map(({ level, msg }) => [level, String(msg).slice(0, 50)]),
    [[40, 'The replica does not answer, so the primary does. ']],
  )
})

test('another server takes over: reads go on, then writes, and what it had is there', {
  timeout: 120_000,
}, async (t) => {
  const proxy = await startProxy(t, pair.primaryUrl)
  const { server, access } = await serveOn(t, proxy.url, 2, { PARLANCE_DATABASE_READ: pair.replicaUrl })
  const load = keepWriting(server, access)
  await load.acknowledgedAgain()
  await load.stop()
  await caughtUp(pair)
  const more = keepWriting(server, access, 'more')
  // The name leads to the other one already, which takes no writes yet.
  await pair.primary.crash()
  proxy.lead(pair.replicaUrl)
  await more.refusedAgain()
  for (const { access: each, acknowledged } of load.writers) {
    const [first] = acknowledged.keys()
    await until(async () => (await get(server, each, first as string)).status === 200)
    assert.equal((await list(server, each)).status, 200)
    assertUnavailable(await put(server, each, 'not-yet'))
  }
  await more.stop()
  await answerTo(pair.replicaUrl, 'SELECT pg_promote()')
  for (const each of access) {
    await until(async () => (await put(server, each, 'not-yet')).status === 201)
  }
  for (const { access: each, acknowledged } of load.writers) {
    for (const [id, revision] of acknowledged) {
      assert.equal(Number((await get(server, each, id)).headers['parlance-revision']), revision)
    }
  }
})
