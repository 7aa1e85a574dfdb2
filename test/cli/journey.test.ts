import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import test, { after, before } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { type ApiClient, clientOf } from './support/client.ts'
import { type Conversation, conversations, WINDOW } from './support/conversations.ts'
import { PUBLIC_URL } from './support/deployment.ts'
import { type Cleanups, parlance, parlanceJson, temporaryDirectory } from './support/process.ts'
import { type ServerProcess, startServer } from './support/server.ts'

/**
 * What an operator and a client do on the first day, in order: each test goes on where the one before ended.
 */

const SCOPE = 'interactions-public:read interactions:write'
const cleanups: (() => unknown)[] = []
const t: Cleanups = { after: (cleanup) => void cleanups.unshift(cleanup) }
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

interface Created {
  client_id: string
  client_secret: string
}
interface Token {
  access_token: string
  token_type: string
  expires_in: number
  scope: string
}

const store = { env: {} as Record<string, string>, cwd: '' }
let accountId = ''
let client: Created
let signing: { client_id: string; keyFile: string }
let server: ServerProcess
let api: ApiClient
let firstToken = ''
let secondPage = ''
const written = conversations(5)

before(async () => {
  store.cwd = await temporaryDirectory(t)
  store.env = { PARLANCE_DATABASE: `sqlite:${store.cwd}/parlance.db` }
})

async function serve(): Promise<void> {
  server = await startServer(t, ['--public-url', PUBLIC_URL], store.env)
}

async function requestToken(form: Record<string, string> = {}): Promise<Response> {
  const pair = `${client.client_id}:${client.client_secret}`
  return fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  })
}

async function newToken(form?: Record<string, string>): Promise<string> {
  const response = await requestToken(form)
  assert.equal(response.status, 200)
  return ((await response.json()) as Token).access_token
}

async function assertServed(token: string, expected: Conversation[]): Promise<void> {
  assert.deepEqual(await clientOf(server.url, token).list(WINDOW), expected)
}

test('an account and its clients are created; a secret is told once and kept nowhere', async () => {
  const account = await parlanceJson<{ account_id: string; name: string }>(
    t,
    ['account', 'create', 'Acme'],
    store,
  )
  assert.equal(account.name, 'Acme')
  accountId = account.account_id
  client = await parlanceJson(t, ['client', 'create', '--account', accountId, '--scope', SCOPE], store)
  assert.ok(client.client_id.startsWith(`${accountId}.`))
  assert.ok(client.client_secret.length >= 43)

  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyFile = `${store.cwd}/private.pem`
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await writeFile(`${store.cwd}/public.pem`, publicKey.export({ type: 'spki', format: 'pem' }))
  const flags = ['--account', accountId, '--scope', SCOPE, '--public-key', 'public.pem', '--name', 'Signer']
  const created = await parlanceJson<Created>(t, ['client', 'create', ...flags], store)
  assert.deepEqual(Object.keys(created), ['client_id', 'scope'])
  signing = { client_id: created.client_id, keyFile }

  const list = await parlance(t, ['client', 'list', '--account', accountId], store)
  assert.equal(list.code, 0)
  assert.match(list.stdout, /^CLIENT +NAME +SCOPE +BY +CREATED\n/)
  for (const part of [
    client.client_id,
    'client_secret_basic',
    signing.client_id,
    'private_key_jwt',
    'Signer',
  ]) {
    assert.ok(list.stdout.includes(part), list.stdout)
  }
  assert.ok(!list.stdout.includes(client.client_secret))
})

test('the server gives a token for the secret, and what is written with it is listed', async () => {
  await serve()
  assert.deepEqual(Object.keys(server.ready), ['url', 'store'])
  firstToken = await newToken()
  api = clientOf(server.url, firstToken)
  const [first, ...others] = written as [Conversation, ...Conversation[]]
  assert.equal((await api.put(first)).status, 201)
  const { created } = await api.batch<{ created: number }>(others)
  assert.equal(created, 4)
  assert.deepEqual(await api.json(`/v1/interactions/${first.id}`), first)
  await assertServed(firstToken, written)
  const page = await api.page(`/conversations/interactions?${WINDOW.replace('500', '2')}`)
  secondPage = page._links.next?.href ?? ''
  assert.ok(secondPage.startsWith(`${PUBLIC_URL}/conversations/interactions?cursor=`), secondPage)
})

test('who holds the store makes tokens here; a secret, where given, is checked all the same', async () => {
  const base = ['token', '--client-id', client.client_id]
  const token = await parlanceJson<Token>(t, [...base, '--scope', 'interactions-public:read'], store)
  assert.deepEqual(
    [token.token_type, token.expires_in, token.scope],
    ['Bearer', 600, 'interactions-public:read'],
  )
  // Without --public-url: for the URL and the region under which the server was last served.
  const { iss, aud, aid, cid, scp, reg } = decodeJwt(token.access_token)
  assert.deepEqual([iss, aud, aid, cid], [PUBLIC_URL, PUBLIC_URL, accountId, client.client_id])
  assert.deepEqual([scp, reg], ['interactions-public:read', 'local'])
  await assertServed(token.access_token, written)
  const [withSecret, wrong, refusedScope] = await Promise.all([
    parlance(t, base, { ...store, env: { ...store.env, PARLANCE_CLIENT_SECRET: client.client_secret } }),
    parlance(t, [...base, '--client-secret', 'wrong'], store),
    parlance(t, [...base, '--scope', 'interactions:erase'], store),
  ])
  assert.deepEqual([withSecret.code, withSecret.stderr], [0, ''])
  assert.match(withSecret.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  await assertServed(withSecret.stdout.trim(), written)
  for (const { code, stdout } of [wrong, refusedScope]) assert.deepEqual([code, stdout], [1, ''])
  assert.match(wrong.stderr, /^parlance: The secret is not the one of this client\.\n$/)
  assert.match(refusedScope.stderr, /interactions:erase/)
})

test('a server is asked for a token with --url: by secret, and by a signed assertion', async () => {
  const fetched = ['token', '--url', server.url]
  const bySecret = [...fetched, '--client-id', client.client_id, '--client-secret']
  const [secret, wrong, silent] = await Promise.all([
    parlance(t, [...bySecret, client.client_secret], { cwd: store.cwd }),
    parlance(t, [...bySecret, 'wrong'], { cwd: store.cwd }),
    parlance(t, [...fetched, '--client-id', client.client_id], { cwd: store.cwd }),
  ])
  assert.equal(secret.code, 0, secret.stderr)
  await assertServed(secret.stdout.trim(), written)
  assert.deepEqual([wrong.code, wrong.stdout], [1, ''])
  assert.match(wrong.stderr, /answered 401 \(invalid_client/)
  assert.deepEqual([silent.code, silent.stdout], [2, ''])
  assert.match(silent.stderr, /--client-secret.*--private-key/)
})

test('a token by private_key_jwt', async () => {
  // An assertion names the URL that it is sent to, so this server is public under its own address.
  const own = await startServer(t, ['--region', 'EU'], store.env)
  const args = ['token', '--url', own.url, '--client-id', signing.client_id, '--private-key', signing.keyFile]
  const token = await parlance(t, args, { cwd: store.cwd })
  assert.equal(token.code, 0, token.stderr)
  assert.equal(decodeJwt(token.stdout.trim()).reg, 'EU')
  assert.deepEqual(await clientOf(own.url, token.stdout.trim()).list(WINDOW), written)
  assert.deepEqual(await own.end('SIGTERM'), { code: 0, signal: null })
})

test('after a stop and a start the old token, the old link and the old data work', async () => {
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null })
  assertNoSecrets(server.log())
  await serve()
  api = clientOf(server.url, firstToken)
  await assertServed(firstToken, written)
  const page = await api.page(secondPage)
  assert.deepEqual(page._embedded.interactions, written.slice(2, 4))
})

test('after keys rotate old tokens go on, new ones are signed by the new key, and both keys are told', async () => {
  const oldKey = decodeProtectedHeader(firstToken).kid
  const { key_id: newKey } = await parlanceJson<{ key_id: string }>(t, ['keys', 'rotate'], store)
  assert.notEqual(newKey, oldKey)
  const made = await parlance(t, ['token', '--client-id', client.client_id, '--public-url', PUBLIC_URL], {
    ...store,
    env: { ...store.env, PARLANCE_REGION: 'local' },
  })
  const token = made.stdout.trim()
  assert.equal(decodeProtectedHeader(token).kid, newKey)
  // The running server has not heard of the key; a token that is signed by it makes it look.
  await assertServed(token, written)
  await assertServed(firstToken, written)
  const { keys } = await api.json<{ keys: { kid: string }[] }>('/oauth/certs')
  assert.deepEqual(keys.map(({ kid }) => kid).sort(), [newKey, oldKey].sort())
  assert.equal(decodeProtectedHeader(await newToken()).kid, newKey)

  const { keys: listed } = await parlanceJson<{ keys: Record<string, unknown>[] }>(t, ['keys', 'list'], store)
  const signingKeys = listed.filter(({ purpose }) => purpose === 'signing')
  assert.deepEqual(
    signingKeys.map(({ key_id, retires_at }) => [key_id, typeof retires_at]),
    [
      [oldKey, 'string'],
      [newKey, 'undefined'],
    ],
  )
  const names = ['key_id', 'purpose', 'sealed', 'created_at', 'retires_at']
  for (const key of listed) assert.deepEqual(Object.keys(key), names.slice(0, Object.keys(key).length))
})

test('a rotated secret is refused at once, and its successor works', async () => {
  const rotated = await parlanceJson<Created>(t, ['client', 'rotate', client.client_id], store)
  assert.equal(rotated.client_id, client.client_id)
  assert.notEqual(rotated.client_secret, client.client_secret)
  const refused = await requestToken()
  assert.equal(refused.status, 401)
  client = rotated
  assert.equal((await requestToken()).status, 200)
})

test('a removed client is refused at once, with the tokens it has', async () => {
  await assertServed(firstToken, written)
  const removed = await parlance(t, ['client', 'remove', client.client_id], store)
  assert.deepEqual([removed.code, removed.stdout], [0, ''])
  assert.equal(removed.stderr, `Client ${client.client_id} is removed.\n`)
  const response = await api.ask(`/conversations/interactions?${WINDOW}`)
  assert.equal(response.status, 401)
  assert.equal(response.headers.get('www-authenticate'), 'Bearer')
  assert.equal((await requestToken()).status, 401)
  const again = await parlance(t, ['client', 'remove', client.client_id], store)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /^parlance: There is no client /)
  assertNoSecrets(server.log())
})

test('accounts are listed with their revision, and renamed', async () => {
  const { accounts } = await parlanceJson<{ accounts: Record<string, unknown>[] }>(
    t,
    ['account', 'list'],
    store,
  )
  assert.deepEqual(
    accounts.map(({ account_id, name, revision }) => [account_id, name, revision]),
    [[accountId, 'Acme', written.length]],
  )
  const renamed = await parlance(t, ['account', 'set', accountId, '--name', 'Acme Ltd'], store)
  assert.deepEqual([renamed.code, renamed.stdout], [0, ''])
  const table = await parlance(t, ['account', 'list'], store)
  assert.match(table.stdout, /^ACCOUNT +NAME +CREATED +REVISION\n\w+ +Acme Ltd +\S+Z +5\n$/)
  const unknown = await parlance(t, ['account', 'set', 'nobody', '--name', 'x'], store)
  assert.deepEqual([unknown.code, unknown.stdout], [1, ''])
  assert.match(unknown.stderr, /no account nobody in sqlite:.*parlance account list/)
})

/** Nothing that opens a door stands in the log of the server. */
function assertNoSecrets(log: string): void {
  assert.ok(log.includes('"msg":"request"'), 'the log has no requests')
  for (const secret of [client.client_secret, firstToken, firstToken.split('.')[2] ?? '']) {
    assert.ok(!log.includes(secret), 'a secret is in the log')
  }
  assert.ok(!log.includes('cursor='), 'a cursor is in the log')
}
