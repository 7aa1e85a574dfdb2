import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import {
  ASSERTION_TYPE,
  type AssertionChanges,
  askToken,
  assertion,
  assertRefused,
  createClients,
  startServer,
  type TestServer,
} from './oauth-support.ts'
import { base64url } from './support.ts'

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

const tokenUrl = () => `${server.url}/oauth/token`
const withAssertion = async (client: 'ec' | 'rsa', changes: AssertionChanges = {}, form: object = {}) =>
  askToken(server.url, {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(clients[client], tokenUrl(), changes),
    ...form,
  })

const seconds = () => Math.floor(Date.now() / 1000)
const STRANGER = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const sha = new TextEncoder().encode('x'.repeat(64))

/** Whose fault it is, what the log says of it, and how it is made. */
const ASSERTIONS: [string, RegExp, () => AssertionChanges][] = [
  ['signed by another', /signature verification failed/, () => ({ key: STRANGER })],
  ['of another issuer', /iss .* must be the client_id/, () => ({ claims: { iss: clients.rsa.clientId } })],
  ['without an issuer', /iss .* must be provided/, () => ({ claims: { iss: undefined } })],
  [
    "with another client's subject",
    /iss .* must be the client_id/,
    () => ({ claims: { sub: clients.otherEc.clientId } }),
  ],
  ['with an unknown subject', /client not found/, () => ({ claims: { sub: `${clients.accountId}.nobody` } })],
  ['without a subject', /sub .* must be provided/, () => ({ claims: { sub: undefined } })],
  ['for another audience', /audience/, () => ({ claims: { aud: 'https://other.example/oauth/token' } })],
  ['without an audience', /aud .* must be provided/, () => ({ claims: { aud: undefined } })],
  [
    'for another audience as well',
    /aud names someone else/,
    () => ({ claims: { aud: [tokenUrl(), 'https://other.example'] } }),
  ],
  ['for no audience of a list', /audience|aud/, () => ({ claims: { aud: [] } })],
  ['that has expired', /jwt expired/, () => ({ claims: { exp: seconds() - 6 } })],
  ['that lives too long', /more than 5 minutes/, () => ({ claims: { exp: seconds() + 310 } })],
  ['that lives for ever', /more than 5 minutes/, () => ({ claims: { exp: 1e15 } })],
  ['without an end', /expiration must be/, () => ({ claims: { exp: undefined } })],
  ['whose end is text', /invalid exp/, () => ({ claims: { exp: String(seconds() + 60) } })],
  ['without a beginning', /iat is missing/, () => ({ claims: { iat: undefined } })],
  ['made in the future', /iat is missing or in the future/, () => ({ claims: { iat: seconds() + 20 } })],
  ['not valid yet', /not active yet/, () => ({ claims: { nbf: seconds() + 20 } })],
  ['without a jti', /unique jti/, () => ({ claims: { jti: undefined } })],
  ['with an empty jti', /unique jti/, () => ({ claims: { jti: '' } })],
  ['with a jti that is no text', /invalid jti/, () => ({ claims: { jti: 7 } })],
  ['with a long jti', /jti is not a string/, () => ({ claims: { jti: 'x'.repeat(257) } })],
  ['without a kid', /no kid/, () => ({ header: { kid: undefined } })],
  ['with another kid', /no applicable key/, () => ({ header: { kid: 'other' } })],
  ['with another algorithm', /alg mismatch/, () => ({ header: { alg: 'HS256' }, key: sha })],
]

for (const [name, reason, changes] of ASSERTIONS) {
  test(`refuses an assertion ${name}`, async () => {
    assertRefused(await withAssertion('ec', changes()), 401, 'invalid_client')
    assert.match(String(server.lines.findLast(({ msg }) => msg === 'a token was refused')?.reason), reason)
    assert.equal((await withAssertion('ec')).status, 200, 'what it was made from is good')
  })
}

test('refuses an RSA client that signs with PS256', async () => {
  assertRefused(await withAssertion('rsa', { header: { alg: 'PS256' } }), 401, 'invalid_client')
})

test('refuses an assertion with alg none', async () => {
  const [, payload] = (await assertion(clients.ec, tokenUrl())).split('.')
  const unsigned = `${base64url({ alg: 'none', kid: clients.ec.kid })}.${payload}.`
  const answer = await askToken(server.url, {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: unsigned,
  })
  assertRefused(answer, 401, 'invalid_client')
})

for (const garbage of ['x', 'a.b.c', '..', 'a.b.c.d.e']) {
  test(`refuses the assertion ${garbage}`, async () => {
    const body = { client_assertion_type: ASSERTION_TYPE, client_assertion: garbage }
    assertRefused(await askToken(server.url, body), 401, 'invalid_client')
  })
}

test('refuses an assertion without its type, or with another', async () => {
  for (const client_assertion_type of [
    undefined,
    'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
  ]) {
    assertRefused(await withAssertion('ec', {}, { client_assertion_type }), 400, 'invalid_request')
  }
})

for (const aud of ['token URL', 'issuer', 'both']) {
  test(`accepts an assertion for the ${aud}`, async () => {
    const audiences = { 'token URL': tokenUrl(), issuer: server.url, both: [server.url, tokenUrl()] }
    const changes = { claims: { aud: audiences[aud as keyof typeof audiences] } }
    assert.equal((await withAssertion('ec', changes)).status, 200)
  })
}

test('an assertion works once, also when it is sent many times at once', async () => {
  const body = {
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(clients.ec, tokenUrl()),
  }
  const answers = await Promise.all(Array.from({ length: 8 }, () => askToken(server.url, body)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    assertRefused(answer, 401, 'invalid_client')
  }
})

test('two clients may use one jti', async () => {
  const changes = { claims: { jti: 'the same' } }
  assert.equal((await withAssertion('ec', changes)).status, 200)
  assert.equal((await withAssertion('rsa', changes)).status, 200)
})

test('an assertion for a Host that the sender chose is refused', async () => {
  const aud = 'http://attacker.example/oauth/token'
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(clients.ec, aud),
  }).toString()
  const headers = { host: 'attacker.example', 'content-type': 'application/x-www-form-urlencoded' }
  const status = await new Promise((resolve, reject) => {
    request(tokenUrl(), { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end(body)
  })
  assert.equal(status, 401)
})
