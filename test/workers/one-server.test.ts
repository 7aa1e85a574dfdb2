import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { newClientId } from '../../src/auth/ids.ts'
import { readPublicKey } from '../../src/auth/public-key.ts'
import { SCOPES } from '../../src/auth/scopes.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { ASSERTION_TYPE, assertion, basic } from '../auth/oauth-support.ts'
import { conversation, WINDOW } from '../cli/support/conversations.ts'
import { ACCOUNT, deploy } from '../cli/support/deployment.ts'
import {
  type Answer,
  type Ask,
  ask,
  askEach,
  linesOf,
  logged,
  metric,
  pidsOf,
  send,
  startWorkers,
} from './support.ts'

/** One server for all tests, without a public URL: the workers must find out themselves what it is. */
const deployment = await deploy({ after })
const server = await startWorkers({ after }, deployment.database)
const store: Store = await openStore(`sqlite:${deployment.file}`)
after(() => store.close())

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const LISTING = `/conversations/interactions?${WINDOW}`

function askToken(clientId: string, clientSecret: string): Promise<Answer> {
  const headers = { ...FORM, authorization: basic({ clientId, clientSecret }) }
  return ask(server, '/oauth/token', { method: 'POST', headers, body: 'grant_type=client_credentials' })
}

const tokenIn = ({ text }: Answer): string => JSON.parse(text).access_token

function put(id: string, token: string): Promise<Answer> {
  return ask(server, `/v1/interactions/${id}`, writeOf(id, token))
}

function writeOf(id: string, token: string): Ask {
  const headers = { 'content-type': 'application/json' }
  return { method: 'PUT', token, headers, body: JSON.stringify({ ...conversation(1), id }) }
}

test('one address is told, once, and it is that of both workers', async () => {
  assert.deepEqual(Object.keys(server.ready), ['url', 'store'])
  const both = await logged(server, 'listening', 2)
  assert.deepEqual(both.map(({ worker }) => worker).toSorted(), [1, 2])
  assert.deepEqual(new Set(both.map(({ url }) => url)), new Set([server.url]))
  assert.equal(await store.getSetting('served_url'), server.url)
})

test('each worker takes the tokens that the other gave, and both link to the one address', async () => {
  const { clientId, clientSecret } = deployment
  const tokens = (await askEach(server, () => askToken(clientId, clientSecret))).map(tokenIn)
  assert.equal(tokens.length, 2)
  for (const token of tokens) {
    for (const { status, text } of await askEach(server, () => ask(server, LISTING, { token }))) {
      assert.equal(status, 200)
      assert.ok(JSON.parse(text)._links.self.href.startsWith(`${server.url}/conversations/interactions?`))
    }
  }
})

test('a client that is removed is refused by each worker at once', async () => {
  const { clientId, clientSecret } = await secretClient()
  const token = tokenIn(await askToken(clientId, clientSecret))
  const before = await askEach(server, () => ask(server, LISTING, { token }))
  assert.deepEqual(
    before.map(({ status }) => status),
    [200, 200],
  )
  await store.removeClient(ACCOUNT, clientId)
  for (const asking of [() => ask(server, LISTING, { token }), () => askToken(clientId, clientSecret)]) {
    const statuses = (await askEach(server, asking)).map(({ status }) => status)
    assert.deepEqual(statuses, [401, 401])
  }
})

async function secretClient() {
  const { clientSecret } = deployment
  const clientId = newClientId(ACCOUNT)
  const scope = 'interactions-public:read'
  const secretHash = (await store.getClient(ACCOUNT, deployment.clientId))?.secretHash
  await store.createClient(ACCOUNT, {
    clientId,
    name: 'c',
    scope,
    secretHash,
    createdAt: 0,
  })
  return { clientId, clientSecret }
}

test('an assertion gives one token, whichever workers it is shown to', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kid, alg, ...key } = await readPublicKey(String(publicKey.export({ type: 'spki', format: 'pem' })))
  const clientId = newClientId(ACCOUNT)
  const scope = Object.keys(SCOPES).join(' ')
  await store.createClient(ACCOUNT, {
    clientId,
    name: 'c',
    scope,
    publicKey: JSON.stringify({ kid, alg, ...key }),
    createdAt: 0,
  })
  const client = { clientId, privateKey, kid, alg }
  const shown = new Set<number>()
  for (let round = 0; round < 3 || shown.size < 2; round += 1) {
    assert.ok(round < 100)
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await assertion(client, `${server.url}/oauth/token`),
    }).toString()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask(server, '/oauth/token', { method: 'POST', headers: FORM, body })),
    )
    const statuses = answers.map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 401, 401, 401])
    for (const { worker } of answers) shown.add(worker)
  }
})

test('what is written through both workers at once has revisions without a gap', async () => {
  const before = (await store.getRevision(ACCOUNT)) ?? 0
  const token = tokenIn(await askToken(deployment.clientId, deployment.clientSecret))
  const answers: Answer[] = []
  for (let round = 0; round < 3 || new Set(answers.map(({ worker }) => worker)).size < 2; round += 1) {
    assert.ok(round < 50, 'only one worker answers')
    const puts = Array.from({ length: 20 }, (_, n) => put(`both-${round}-${n}`, token))
    answers.push(...(await Promise.all(puts)))
  }
  const revisions = answers
    .map(({ headers }) => Number(headers['parlance-revision']))
    .toSorted((a, b) => a - b)
  assert.deepEqual(
    revisions,
    answers.map((_, index) => before + index + 1),
  )
})

test('a worker that is killed is replaced; nothing acknowledged is lost, and no total goes down', async () => {
  const token = tokenIn(await askToken(deployment.clientId, deployment.clientSecret))
  const written = () => metric(server, 'parlance_interactions_written_total{outcome="created"}')
  const puts = () => metric(server, 'parlance_http_request_duration_seconds_count{method="PUT"')
  const both = await askEach(server, () => put(`of-each-${Math.random()}`, token))
  assert.equal(both.length, 2)
  const before = [await written(), await puts()]
  assert.equal(await metric(server, 'parlance_workers '), 2)

  const acknowledged: string[] = []
  const victim = pidsOf(server).get(1) as number
  const writing = Array.from({ length: 40 }, async (_, n) => {
    try {
      const id = `killed-${n}`
      const url = `${server.url}/v1/interactions/${id}`
      if ((await send(url, id, writeOf(id, token))).status === 201) acknowledged.push(id)
    } catch {
      // Its connection went with the worker.
    }
    if (n === 10) process.kill(victim, 'SIGKILL')
  })
  await Promise.all(writing)
  await logged(server, 'worker serves', 3)
  assert.notEqual(pidsOf(server).get(1), victim)
  const [ended] = await logged(server, 'worker ended', 1)
  assert.deepEqual([ended?.worker, ended?.signal], [1, 'SIGKILL'])

  assert.ok(acknowledged.length > 0)
  for (const id of acknowledged) assert.ok(await store.getInteraction(ACCOUNT, id), `${id} is gone`)
  await askEach(server, () => put(`after-${Math.random()}`, token))
  const [writtenBefore = 0, putsBefore = 0] = before
  assert.ok((await written()) >= writtenBefore + 2)
  assert.ok((await puts()) >= putsBefore + 2)
  assert.equal(await metric(server, 'parlance_workers '), 2)
  assert.equal(await metric(server, 'parlance_worker_restarts_total '), 1)
})

test('a worker that hangs holds up no metrics, and once it is killed no connection on its way to it', async () => {
  const victim = pidsOf(server).get(1) as number
  const puts = () => metric(server, 'parlance_http_request_duration_seconds_count{method="PUT"')
  const before = await puts()
  process.kill(victim, 'SIGSTOP')
  let settled = 0
  const { promise: allButOne, resolve } = Promise.withResolvers<void>()
  const asked = Array.from({ length: 6 }, async (_, n) => {
    await send(`${server.url}/none`, `on-its-way-${n}`, {}).catch(() => {})
    settled += 1
    if (settled === 5) resolve()
  })
  // The one that was handed to it waits; the others went to the other worker.
  await allButOne
  assert.deepEqual([await puts(), await metric(server, 'parlance_workers ')], [before, 2])
  process.kill(victim, 'SIGKILL')
  await Promise.all(asked)
  await logged(server, 'worker serves', 4)
})

test('metrics are those of both, whoever is asked', async () => {
  const puts = () => metric(server, 'parlance_http_request_duration_seconds_count{method="PATCH"')
  for (let n = 0; n < 10; n += 1) await ask(server, '/interactions', { method: 'PATCH' })
  const told = []
  for (let n = 0; n < 6; n += 1) told.push(await puts())
  assert.deepEqual(told, Array(6).fill(10))
})

test('every line of a worker says which one it is', () => {
  const lines = linesOf(server).filter(({ msg }) => msg === 'request')
  assert.ok(lines.length > 50)
  for (const { worker } of lines) assert.ok(worker === 1 || worker === 2)
})

test('told to stop, all end in order', async () => {
  const ended = once(server.child, 'exit')
  server.child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  await logged(server, 'stopped', 2)
})
