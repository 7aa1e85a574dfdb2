import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { hashSecret } from '../../src/auth/secret.ts'
import {
  type Answer,
  ASSERTION_TYPE,
  askToken,
  assertion,
  assertRefused,
  basic,
  createClients,
  type Form,
  REGION,
  SCOPES,
  startServer,
  type TestServer,
} from '../auth/oauth-support.ts'
import { createAccount, createClient, createSecretClient } from '../auth/support.ts'

let server: TestServer
let clients: Awaited<ReturnType<typeof createClients>>
const cleanups: (() => unknown)[] = []

before(async () => {
  server = await startServer({ after: (cleanup) => cleanups.unshift(cleanup) })
  clients = await createClients(server.store)
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const withSecret = (form: Form = {}) => askToken(server.url, form, { authorization: basic(clients.secret) })
const withAssertion = async (client: 'ec' | 'rsa') =>
  askToken(server.url, {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(clients[client], `${server.url}/oauth/token`),
  })

const METHODS: [string, () => Promise<Answer>, () => string][] = [
  ['HTTP Basic', withSecret, () => clients.secret.clientId],
  ['an assertion signed with ES256', () => withAssertion('ec'), () => clients.ec.clientId],
  ['an assertion signed with RS256', () => withAssertion('rsa'), () => clients.rsa.clientId],
]

for (const [name, ask, clientId] of METHODS) {
  test(`gives a token to a client that authenticates by ${name}`, async () => {
    const { status, headers, body } = await ask()
    assert.equal(status, 200)
    const { access_token: token = '', ...rest } = body
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 600, scope: SCOPES })
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('pragma'), 'no-cache')
    assert.match(String(headers.get('content-type')), /^application\/json/)
    const { keyId } = server.keyring.signingKey()
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt', kid: keyId })
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${server.url}/oauth/certs`)))
    const { jti, iat = 0, ...claims } = payload
    assert.ok(jti)
    assert.deepEqual(claims, {
      iss: server.url,
      aud: server.url,
      sub: clientId(),
      cid: clientId(),
      client_id: clientId(),
      aid: clients.accountId,
      scp: SCOPES,
      reg: REGION,
      nbf: iat,
      exp: iat + 600,
    })
    const principal = await server.verify(token)
    assert.deepEqual(principal, {
      accountId: clients.accountId,
      clientId: clientId(),
      scopes: new Set(SCOPES.split(' ')),
      revision: 0,
    })
  })
}

const SCOPE_REQUESTS: [string, string | undefined, string][] = [
  ['all granted ones when none is asked for', undefined, SCOPES],
  ['all granted ones when the scope is empty', '', SCOPES],
  ['one of them', 'interactions:write', 'interactions:write'],
  ['each once', 'interactions:write interactions:write', 'interactions:write'],
]
for (const [name, scope, given] of SCOPE_REQUESTS) {
  test(`grants scopes: ${name}`, async () => {
    const { body } = await withSecret({ scope })
    assert.equal(body.scope, given)
    assert.deepEqual((await server.verify(String(body.access_token))).scopes, new Set(given.split(' ')))
  })
}

test('every token is another', async () => {
  const [first, second] = [await withSecret(), await withSecret()]
  assert.notEqual(first.body.access_token, second.body.access_token)
})

const form = (pairs: [string, string][]) => withSecret([['grant_type', 'client_credentials'], ...pairs])
const authorized = (authorization: string) => askToken(server.url, {}, { authorization })
const encoded = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

const REFUSED: [string, number, string, () => Promise<Answer>][] = [
  ['a scope that was not granted', 400, 'invalid_scope', () => withSecret({ scope: 'interactions:erase' })],
  ['a scope that does not exist', 400, 'invalid_scope', () => withSecret({ scope: `${SCOPES} all:all` })],
  ['a scope that a client cannot have', 400, 'invalid_scope', () => withSecret({ scope: 'openid' })],
  ['a scope in forbidden characters', 400, 'invalid_scope', () => withSecret({ scope: 'a"b' })],
  ['no grant type', 400, 'invalid_request', () => withSecret({ grant_type: undefined })],
  ['an unknown grant type', 400, 'unsupported_grant_type', () => withSecret({ grant_type: 'other' })],
  ['the password grant', 400, 'unsupported_grant_type', () => withSecret({ grant_type: 'password' })],
  [
    'a code',
    400,
    'unsupported_grant_type',
    () => withSecret({ grant_type: 'authorization_code', code: 'x' }),
  ],
  ['a refresh token', 400, 'unsupported_grant_type', () => withSecret({ grant_type: 'refresh_token' })],
  ['the grant type twice', 400, 'invalid_request', () => form([['grant_type', 'client_credentials']])],
  [
    'the scope twice',
    400,
    'invalid_request',
    () =>
      form([
        ['scope', 'a'],
        ['scope', 'b'],
      ]),
  ],
  [
    'the client id twice',
    400,
    'invalid_request',
    () =>
      form([
        ['client_id', 'a'],
        ['client_id', 'b'],
      ]),
  ],
  ["another client's id beside the header", 400, 'invalid_request', () => withSecret({ client_id: 'a.b' })],
  ['another resource', 400, 'invalid_target', () => withSecret({ resource: 'https://other.example' })],
  ['two ways of authenticating', 400, 'invalid_request', () => withBoth()],
  [
    'the secret in header and body',
    400,
    'invalid_request',
    () => withSecret({ client_secret: clients.secret.clientSecret }),
  ],
  ['no credentials at all', 401, 'invalid_client', () => askToken(server.url, {})],
  ['no body at all', 401, 'invalid_client', () => askToken(server.url, [])],
  [
    'the client id alone',
    401,
    'invalid_client',
    () => askToken(server.url, { client_id: clients.secret.clientId }),
  ],
  [
    'the secret in the body',
    401,
    'invalid_client',
    () =>
      askToken(server.url, {
        client_id: clients.secret.clientId,
        client_secret: clients.secret.clientSecret,
      }),
  ],
  [
    'a wrong secret',
    401,
    'invalid_client',
    () => authorized(basic({ ...clients.secret, clientSecret: 'wrong' })),
  ],
  ['the hash as the secret', 401, 'invalid_client', () => withHash()],
  ['an unknown client', 401, 'invalid_client', () => authorized(encoded(`${clients.accountId}.nobody:x`))],
  ['an unknown account', 401, 'invalid_client', () => authorized(encoded('nobody.client:x'))],
  ['a client id without an account', 401, 'invalid_client', () => authorized(encoded('client:x'))],
  [
    'a secret for a client that signs',
    401,
    'invalid_client',
    () => authorized(encoded(`${clients.ec.clientId}:x`)),
  ],
  ['Bearer', 401, 'invalid_client', () => authorized('Bearer x')],
  ['Basic without anything', 401, 'invalid_client', () => authorized('Basic')],
  ['Basic that is not base64', 401, 'invalid_client', () => authorized('Basic ???')],
  ['Basic that is cut off', 401, 'invalid_client', () => authorized('Basic YTpiY')],
  ['Basic without a colon', 401, 'invalid_client', () => authorized(encoded('client'))],
  ['Basic without a secret', 401, 'invalid_client', () => authorized(encoded(`${clients.secret.clientId}:`))],
  ['Basic with broken percent-encoding', 401, 'invalid_client', () => authorized(encoded('a.b:%zz'))],
  ['Basic with control characters', 401, 'invalid_client', () => authorized(encoded('a.b:\u0000'))],
]

for (const [name, status, error, ask] of REFUSED) {
  test(`refuses ${name}: ${status} ${error}`, async () => {
    assertRefused(await ask(), status, error)
  })
}

async function withBoth(): Promise<Answer> {
  const body = {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(clients.ec, `${server.url}/oauth/token`),
  }
  return withSecret(body)
}

async function withHash(): Promise<Answer> {
  const client = await server.store.getClient(clients.accountId, clients.secret.clientId)
  return authorized(basic({ ...clients.secret, clientSecret: String(client?.secretHash) }))
}

test('a removed client gets no token, at once', async () => {
  const client = await createSecretClient(server.store, clients.accountId)
  const ask = () => askToken(server.url, {}, { authorization: basic(client) })
  assert.equal((await ask()).status, 200)
  await server.store.removeClient(clients.accountId, client.clientId)
  assertRefused(await ask(), 401, 'invalid_client')
})

test('a new secret takes the place of the old one, at once', async () => {
  const client = await createSecretClient(server.store, clients.accountId)
  const secretHash = hashSecret('another')
  await server.store.updateClient(clients.accountId, client.clientId, { secretHash })
  assertRefused(await askToken(server.url, {}, { authorization: basic(client) }), 401, 'invalid_client')
  const authorization = basic({ ...client, clientSecret: 'another' })
  assert.equal((await askToken(server.url, {}, { authorization })).status, 200)
})

test('a client without credentials, or without scopes, gets no token', async () => {
  const accountId = await createAccount(server.store)
  const bare = await createClient(server.store, accountId, {})
  assertRefused(await authorized(encoded(`${bare}:x`)), 401, 'invalid_client')
  const scopeless = await createSecretClient(server.store, accountId, '')
  assertRefused(await authorized(basic(scopeless)), 400, 'invalid_scope')
})

test('account ids that operators give work too', async () => {
  const accountId = await createAccount(server.store, 'Acme_Support-EU')
  const client = await createSecretClient(server.store, accountId)
  const { body } = await authorized(basic(client))
  assert.equal((await server.verify(String(body.access_token))).accountId, accountId)
})

test('credentials may be form-encoded inside Basic (RFC 6749, 2.3.1)', async () => {
  const { clientId, clientSecret } = clients.secret
  const authorization = encoded(`${clientId.replace('.', '%2E')}:${clientSecret}`)
  assert.equal((await authorized(authorization)).status, 200)
})
