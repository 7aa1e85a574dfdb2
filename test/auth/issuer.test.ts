import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { createIssuer } from '../../src/auth/issuer.ts'
import { rotateSigningKey } from '../../src/auth/keyring.ts'
import {
  ASSERTION_TYPE,
  askToken,
  assertion,
  assertRefused,
  basic,
  createClients,
  startServer,
  type TestServer,
} from './oauth-support.ts'
import { createAccount, createSecretClient, openTestStore, storeFile } from './support.ts'

const FORM = 'application/x-www-form-urlencoded'

async function serverAndClient(t: TestContext, options: Parameters<typeof startServer>[1] = {}) {
  const server = await startServer(t, options)
  const client = await createSecretClient(server.store, await createAccount(server.store))
  return { server, client, ask: () => askToken(server.url, {}, { authorization: basic(client) }) }
}

test('describes itself: what it has, and nothing that it has not', async (t) => {
  const { url } = await startServer(t)
  const response = await fetch(`${url}/.well-known/oauth-authorization-server`)
  assert.match(String(response.headers.get('content-type')), /^application\/json/)
  assert.deepEqual(await response.json(), {
    issuer: url,
    token_endpoint: `${url}/oauth/token`,
    jwks_uri: `${url}/oauth/certs`,
    scopes_supported: [
      'interactions-public:read',
      'interactions:write',
      'interactions:erase',
      'omnichannel:interaction-elimination',
    ],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
  })
})

test('publishes its keys without their private parts', async (t) => {
  const { url, keyring } = await startServer(t)
  const response = await fetch(`${url}/oauth/certs`)
  assert.match(String(response.headers.get('content-type')), /^application\/jwk-set\+json/)
  const body = await response.json()
  assert.deepEqual(body, keyring.publicJwks(Date.now()))
  assert.equal(JSON.stringify(body).includes(String(keyring.signingKey().privateJwk.d)), false)
})

const PROXIES: [string, string][] = [
  ['behind a proxy that ends TLS', 'https://api.parlance.example'],
  ['under a path that a proxy takes off', 'https://example.com/parlance'],
]
for (const [name, publicUrl] of PROXIES) {
  test(`goes by its public URL ${name}, whatever the headers say`, async (t) => {
    const server = await startServer(t, { publicUrl })
    const { ec } = await createClients(server.store)
    const lies = {
      'x-forwarded-host': 'attacker.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=attacker.example',
    }
    const description = await fetch(`${server.url}/.well-known/oauth-authorization-server`, { headers: lies })
    const { issuer, token_endpoint, jwks_uri } = (await description.json()) as Record<string, string>
    assert.deepEqual(
      [issuer, token_endpoint, jwks_uri],
      [publicUrl, `${publicUrl}/oauth/token`, `${publicUrl}/oauth/certs`],
    )
    for (const aud of [publicUrl, `${publicUrl}/oauth/token`]) {
      const body = { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(ec, aud) }
      const answer = await askToken(server.url, body, lies)
      assert.equal(answer.status, 200)
      const { iss, aud: audience } = decodeJwt(String(answer.body.access_token))
      assert.deepEqual([iss, audience], [publicUrl, publicUrl])
      assert.ok(await server.verify(String(answer.body.access_token)))
    }
    const inside = {
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await assertion(ec, `${server.url}/oauth/token`),
    }
    assertRefused(await askToken(server.url, inside), 401, 'invalid_client')
  })
}

test('a rotation takes effect while it runs: new tokens under the new key, old ones verify', async (t) => {
  const { server, ask } = await serverAndClient(t)
  const before = String((await ask()).body.access_token)
  const next = await rotateSigningKey(server.store, undefined, { now: Date.now() })
  await server.keyring.refresh()
  const after = String((await ask()).body.access_token)
  assert.equal(decodeProtectedHeader(after).kid, next)
  assert.notEqual(decodeProtectedHeader(before).kid, next)
  const keys = createRemoteJWKSet(new URL(`${server.url}/oauth/certs`))
  for (const token of [before, after]) {
    assert.ok(await server.verify(token))
    assert.ok(await jwtVerify(token, keys))
  }
})

test('two processes on one store verify each other’s tokens, and one assertion works in one of them', async (t) => {
  const file = await storeFile(t)
  const publicUrl = 'https://parlance.example'
  const servers = [
    await startServer(t, { store: await openTestStore(t, file), publicUrl }),
    await startServer(t, { store: await openTestStore(t, file), publicUrl }),
  ] as const
  const { secret, ec } = await createClients(servers[0].store)
  const { body } = await askToken(servers[1].url, {}, { authorization: basic(secret) })
  for (const { verify } of servers) assert.ok(await verify(String(body.access_token)))
  const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(ec, publicUrl) }
  const answers = await Promise.all(servers.map(({ url }) => askToken(url, form)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401])
})

const OTHER_REQUESTS: [string, string, number][] = [
  ['GET', '/oauth/token', 405],
  ['PUT', '/oauth/token', 405],
  ['OPTIONS', '/oauth/token', 405],
  ['POST', '/oauth/certs', 405],
  ['GET', '/auth?client_id=x&response_type=code', 404],
  ['GET', '/me', 404],
  ['POST', '/me', 404],
  ['GET', '/jwks', 404],
  ['POST', '/token', 404],
  ['POST', '/token/introspection', 404],
  ['POST', '/token/revocation', 404],
  ['POST', '/request', 404],
  ['POST', '/reg', 404],
  ['GET', '/session/end', 404],
  ['POST', '/session/end/confirm', 404],
  ['GET', '/interaction/x', 404],
  ['GET', '/device', 404],
  ['GET', '/.well-known/openid-configuration', 404],
  ['POST', '/OAUTH/TOKEN', 404],
  ['POST', '/oauth/token/', 404],
]
test('nothing else is reachable', async (t) => {
  const { url } = await startServer(t)
  for (const [method, path, status] of OTHER_REQUESTS) {
    const response = await fetch(url + path, { method, redirect: 'manual' })
    assert.equal(response.status, status, `${method} ${path}`)
    assert.match(
      await response.text(),
      /^\{"code":"19040/,
      `${method} ${path} is answered by the application`,
    )
  }
})

test('even a request that the router lets through by mistake does not reach the rest of oidc-provider', async (t) => {
  const { store, keyring } = await startServer(t)
  const issuer = await createIssuer({ store, keyring, publicUrl: () => 'https://x.example', region: 'eu' })
  const silent = { info() {}, error() {} }
  const open = createServer((request, response) => void issuer.handle(request, response, silent))
  await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve))
  t.after(() => open.close().closeAllConnections())
  const { port } = open.address() as { port: number }
  for (const [method, path] of OTHER_REQUESTS) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, redirect: 'manual' })
    assert.equal(response.status, 404, `${method} ${path}`)
  }
})

test('the raw body stays its own affair: the routes beside it parse theirs', async (t) => {
  const { url } = await startServer(t)
  const headers = { 'content-type': 'application/json' }
  const echoed = await fetch(`${url}/echo`, { method: 'POST', body: '{"a":1}', headers })
  assert.deepEqual(await echoed.json(), { a: 1 })
  const form = await fetch(`${url}/echo`, { method: 'POST', body: 'a=1', headers: { 'content-type': FORM } })
  assert.equal(form.status, 415)
})

test('headers that the application sets go with the answers', async (t) => {
  const { server, ask } = await serverAndClient(t)
  for (const { headers } of [await ask(), await fetch(`${server.url}/oauth/certs`)]) {
    assert.match(String(headers.get('x-request-id')), /^req-/)
  }
})

async function post(server: TestServer, body: string, headers: Record<string, string>) {
  const response = await fetch(`${server.url}/oauth/token`, { method: 'POST', body, headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: JSON.parse(text) }
}

test('bodies that are no form, or too large, are an invalid request', async (t) => {
  const { server, client } = await serverAndClient(t)
  const authorization = basic(client)
  const grant = 'grant_type=client_credentials'
  const large = `${grant}&x=${'x'.repeat(64 * 1024)}`
  const cases: [string, string, string][] = [
    ['JSON', '{"grant_type":"client_credentials"}', 'application/json'],
    ['text', grant, 'text/plain'],
    ['a content type that cannot be parsed', grant, 'form'],
    ['a large body', large, FORM],
  ]
  for (const [name, body, type] of cases) {
    const answer = await post(server, body, { authorization, 'content-type': type })
    assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_request'], name)
    assertRefused(answer, 400, 'invalid_request')
  }
  const good = await post(server, `${grant}&x=${'x'.repeat(50_000)}`, { authorization, 'content-type': FORM })
  assert.equal(good.status, 200, 'unknown parameters are ignored')
})

test('a body that never ends is refused, not gathered', async (t) => {
  const { server, client } = await serverAndClient(t)
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  let answered = ''
  socket.on('data', (chunk) => {
    answered += chunk
  })
  socket.on('error', () => {})
  socket.write(
    `POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nAuthorization: ${basic(client)}\r\n` +
      'Transfer-Encoding: chunked\r\n\r\n',
  )
  const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
  for (let sent = 0; sent < 1000 && answered === ''; sent++) {
    socket.write(chunk)
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.destroy()
  assert.match(answered, /^HTTP\/1.1 400 [\s\S]*invalid_request/)
})

for (const accept of ['text/html', 'text/html,application/xhtml+xml,*/*;q=0.8', '*/*', 'image/png']) {
  test(`errors are JSON for Accept: ${accept}`, async (t) => {
    const server = await startServer(t)
    assertRefused(await askToken(server.url, {}, { accept }), 401, 'invalid_client')
    assertRefused(await askToken(server.url, {}, { accept, authorization: 'Basic x' }), 401, 'invalid_client')
  })
}

test('a page of another origin cannot read the answers; one of our own is answered as anybody', async (t) => {
  const { server, client } = await serverAndClient(t)
  for (const origin of [server.url, 'https://attacker.example']) {
    const { status, headers } = await askToken(server.url, {}, { origin, authorization: basic(client) })
    assert.equal(status, 200)
    assert.equal(headers.get('access-control-allow-origin'), null)
  }
})

test('where the application shares its answers with an origin, the token endpoint’s are shared', async (t) => {
  const store = await openTestStore(t)
  const server = await startServer(t, {
    store,
    headers: { 'access-control-allow-origin': 'https://app.example' },
  })
  const client = await createSecretClient(store, await createAccount(store))
  const origin = 'https://app.example'
  const { headers } = await askToken(server.url, {}, { origin, authorization: basic(client) })
  assert.equal(headers.get('access-control-allow-origin'), origin)
})
