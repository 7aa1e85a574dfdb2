import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newAccountId, newClientId } from '../../src/auth/ids.ts'
import { openKeyring } from '../../src/auth/keyring.ts'
import { mintAccessToken } from '../../src/auth/mint.ts'
import { openStore } from '../../src/store/open.ts'
import { deploy, PUBLIC_URL } from '../cli/support/deployment.ts'
import { type Answer, ask, startWorkers } from './support.ts'

const LIMIT = 20
const deployment = await deploy({ after })
const server = await startWorkers({ after }, [...deployment.serverFlags, '--rate-limit', String(LIMIT)])
const store = await openStore(`sqlite:${deployment.file}`)
after(() => store.close())
const keyring = await openKeyring(store, undefined)

/** A token of a new client, whose requests nobody has counted yet. */
async function newToken(accountId = newAccountId()): Promise<string> {
  await store.createAccount({ accountId, name: 'An account', createdAt: 0 })
  const clientId = newClientId(accountId)
  const scope = 'interactions-public:read'
  await store.createClient(accountId, { clientId, name: 'A client', scope, secretHash: 'x', createdAt: 0 })
  const grant = { publicUrl: PUBLIC_URL, region: 'local', accountId, clientId, scopes: [scope] }
  return mintAccessToken({ ...grant, keyring, now: Date.now() })
}

const list = (token: string): Promise<Answer> => ask(server, '/interactions', { token })
const allowedOf = (answers: Answer[]) => answers.filter(({ status }) => status === 200)

const workersOf = (answers: Answer[]) => new Set(answers.map(({ worker }) => worker)).size

/** Runs `round` until one took so little that it fell into one window of a second, and both workers had part in it. */
async function withinOneWindow(round: () => Promise<Answer[]>): Promise<Answer[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const begun = performance.now()
    const answers = await round()
    if (performance.now() - begun < 1000 && workersOf(answers) === 2) return answers
  }
  assert.fail('the machine is too slow to use up the limit within a second')
}

test('one after the other, each on a connection of its own: the limit, to the last request', async () => {
  const answers = await withinOneWindow(async () => {
    const token = await newToken()
    const round: Answer[] = []
    for (let n = 0; n < LIMIT + 10; n += 1) round.push(await list(token))
    return round
  })
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map((_, index) => (index < LIMIT ? 200 : 429)),
  )
  const [refused] = answers.slice(LIMIT)
  assert.equal(refused?.text, '{"code":"0012001","message":"API rate limit exceeded"}')
  assert.equal(refused?.headers['retry-after'], '1')
  assert.equal(refused?.headers['ratelimit-limit'], String(LIMIT))
  assert.equal(refused?.headers['ratelimit-remaining'], '0')
  assert.equal(answers[LIMIT - 1]?.headers['ratelimit-remaining'], '0')
})

test('many at once over both workers: never more than the limit in a window', async () => {
  const token = await newToken()
  const begun = performance.now()
  const answers: Answer[] = []
  for (let round = 0; round < 3 || workersOf(answers) < 2; round += 1) {
    assert.ok(round < 50, 'only one worker answers')
    answers.push(...(await Promise.all(Array.from({ length: 2 * LIMIT }, () => list(token)))))
  }
  const windows = Math.floor((performance.now() - begun) / 1000) + 1
  const allowed = allowedOf(answers).length
  assert.ok(allowed >= LIMIT / 2 && allowed <= LIMIT * windows, `${allowed} in ${windows} windows`)
  for (const { status } of answers) assert.ok(status === 200 || status === 429)
})

test('the limit is of the client alone: neither its account nor another feels it; it comes back', async () => {
  const accountId = newAccountId()
  const [token, colleague, stranger] = [
    await newToken(accountId),
    await newToken(accountId),
    await newToken(),
  ]
  let refused: Answer | undefined
  while (refused === undefined) {
    const answers = await Promise.all(Array.from({ length: LIMIT + 1 }, () => list(token)))
    refused = answers.find(({ status }) => status === 429)
  }
  for (const other of [colleague, stranger]) {
    const { status, headers } = await list(other)
    assert.deepEqual([status, headers['ratelimit-remaining']], [200, String(LIMIT - 1)])
  }
  await sleep(1000 * Number(refused.headers['retry-after']))
  const { status, headers } = await list(token)
  assert.deepEqual([status, headers['ratelimit-remaining']], [200, String(LIMIT - 1)])
})
