import assert from 'node:assert/strict'
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { SignJWT } from 'jose'
import type { TokenFault } from '../../src/auth/errors.ts'
import { type Keyring, openKeyring } from '../../src/auth/keyring.ts'
import { mintAccessToken } from '../../src/auth/mint.ts'
import { createVerifier, type Verify } from '../../src/auth/verify.ts'
import type { OutsideIssuer } from '../../src/config.ts'
import type { Store } from '../../src/store/store.ts'
import { createAccount, createSecretClient, openTestStore } from './support.ts'

const NOW = Date.now()
const SECONDS = Math.floor(NOW / 1000)
const PUBLIC_URL = 'https://parlance.example'
const ISSUER = 'https://login.example/'
const AUDIENCE = 'urn:parlance'

const KEYS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed: generateKeyPairSync('ed25519'),
  weak: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  unlisted: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
type KeyName = keyof typeof KEYS

const publicJwk = (name: KeyName) => ({ ...KEYS[name].publicKey.export({ format: 'jwk' }), kid: name })
const LISTED = [publicJwk('rsa'), publicJwk('ec'), publicJwk('ed'), publicJwk('weak')]

let store: Store
let keyring: Keyring
let accountId: string
let clientId: string
/** The outside issuer's server: what it answers, and how often it was asked. */
let answer: (response: ServerResponse) => void
let asked: number
let jwksUrl: string
const cleanups: (() => unknown)[] = []

before(async () => {
  store = await openTestStore({ after: (cleanup) => cleanups.unshift(cleanup) })
  keyring = await openKeyring(store, undefined)
  accountId = await createAccount(store)
  clientId = (await createSecretClient(store, accountId)).clientId
  const server = createServer((_request, response) => {
    asked++
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.unshift(() => server.close().closeAllConnections())
  jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})
beforeEach(() => {
  asked = 0
  answer = listing(LISTED)
})

function listing(keys: object[]): typeof answer {
  return (response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
}

function verifier(issuer: Partial<OutsideIssuer> = {}, more: object = {}): Verify {
  const claims = { accountClaim: 'aid', scopeClaim: 'scp' }
  const outsideIssuer = { issuer: ISSUER, jwksUrl, audience: AUDIENCE, ...claims, ...issuer }
  const options = { store, keyring, publicUrl: () => PUBLIC_URL, region: 'eu', ownTokens: true }
  return createVerifier({ ...options, outsideIssuer, ...more })
}

interface Changes {
  alg?: string
  /** Empty for none. */
  kid?: string
  key?: KeyObject | Uint8Array
  claims?: object
}

function token({ alg = 'RS256', kid = 'rsa', key = KEYS.rsa.privateKey, claims = {} }: Changes = {}) {
  const times = { iat: SECONDS, exp: SECONDS + 3600 }
  const claimed = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'someone',
    aid: accountId,
    scp: 'a b',
    ...times,
    ...claims,
  }
  return new SignJWT(claimed).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(key)
}

const ALGORITHMS: [string, KeyName][] = [
  ['RS256', 'rsa'],
  ['PS256', 'rsa'],
  ['ES256', 'ec'],
  ['EdDSA', 'ed'],
  ['Ed25519', 'ed'],
]

for (const [alg, kid] of ALGORITHMS) {
  test(`accepts ${alg}`, async () => {
    const principal = await verifier()(await token({ alg, kid, key: KEYS[kid].privateKey }))
    assert.deepEqual(principal, { accountId, clientId: 'someone', scopes: new Set(['a', 'b']), revision: 0 })
  })
}

const CLAIMS: [string, Partial<OutsideIssuer>, object, string[], string][] = [
  ['scopes as a list', {}, { scp: ['a', 'b c'] }, ['a', 'b c'], 'someone'],
  ['scope where scp is absent', {}, { scp: undefined, scope: 'x y' }, ['x', 'y'], 'someone'],
  ['no scopes at all', {}, { scp: undefined }, [], 'someone'],
  ['a scope claim of another name', { scopeClaim: 'permissions' }, { permissions: ['p'] }, ['p'], 'someone'],
  ['a list of audiences', {}, { aud: ['other', AUDIENCE] }, ['a', 'b'], 'someone'],
  ['the client from client_id', {}, { client_id: 'one' }, ['a', 'b'], 'one'],
  ['the client from azp', {}, { azp: 'two' }, ['a', 'b'], 'two'],
  ['the client from cid, before all others', {}, { cid: 'three', azp: 'two' }, ['a', 'b'], 'three'],
  ['our region', {}, { reg: 'eu' }, ['a', 'b'], 'someone'],
]

for (const [name, issuer, claims, scopes, client] of CLAIMS) {
  test(`reads ${name}`, async () => {
    const principal = await verifier(issuer)(await token({ claims }))
    assert.deepEqual(principal, { accountId, clientId: client, scopes: new Set(scopes), revision: 0 })
  })
}

test('reads the account from a claim of another name', async () => {
  const verify = verifier({ accountClaim: 'https://login.example/tenant' })
  const claims = { aid: 'ignored', 'https://login.example/tenant': accountId }
  assert.equal((await verify(await token({ claims }))).accountId, accountId)
  await assert.rejects(verify(await token()), { reason: 'account' })
})

const SECRET = new TextEncoder().encode(JSON.stringify(publicJwk('rsa')))
const RSA_PEM = KEYS.rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()

const FAULTS: [string, TokenFault, () => Promise<string>][] = [
  ['HS256 with the public key as JWK', 'algorithm', () => token({ alg: 'HS256', key: SECRET })],
  ['HS256 with the public key as PEM', 'algorithm', () => token({ alg: 'HS256', key: Buffer.from(RSA_PEM) })],
  ['RS512', 'algorithm', () => token({ alg: 'RS512' })],
  ['an unlisted key', 'key', () => token({ alg: 'ES256', kid: 'other', key: KEYS.unlisted.privateKey })],
  [
    'an unlisted key under a listed id',
    'signature',
    () => token({ alg: 'ES256', kid: 'ec', key: KEYS.unlisted.privateKey }),
  ],
  [
    "another type of key than the id's",
    'key',
    () => token({ alg: 'ES256', kid: 'rsa', key: KEYS.ec.privateKey }),
  ],
  ['no key id where several would do', 'key', () => token({ kid: '' })],
  ['another audience', 'audience', () => token({ claims: { aud: PUBLIC_URL } })],
  ['no audience', 'audience', () => token({ claims: { aud: undefined } })],
  ['expired', 'expired', () => token({ claims: { exp: SECONDS - 10 } })],
  ['no exp', 'claims', () => token({ claims: { exp: undefined } })],
  ['not yet valid', 'not_yet_valid', () => token({ claims: { nbf: SECONDS + 60 } })],
  ['another region', 'region', () => token({ claims: { reg: 'us' } })],
  ['no account', 'account', () => token({ claims: { aid: undefined } })],
  ['an account that is a list', 'account', () => token({ claims: { aid: [accountId] } })],
  ['an unknown account', 'account', () => token({ claims: { aid: 'nobody' } })],
  ['no client', 'client', () => token({ claims: { sub: undefined } })],
  ['scopes that are neither text nor list', 'claims', () => token({ claims: { scp: { a: true } } })],
  ['a list of scopes that are no text', 'claims', () => token({ claims: { scp: ['a', 1] } })],
]

for (const [name, reason, make] of FAULTS) {
  test(`refuses ${name}: ${reason}`, async () => {
    await assert.rejects(verifier()(await make()), { name: 'TokenError', reason })
  })
}

test('refuses a key that is too short to trust', async () => {
  const input = (await token({ kid: 'weak' })).split('.').slice(0, 2).join('.')
  const signature = createSign('sha256').update(input).sign(KEYS.weak.privateKey, 'base64url')
  await assert.rejects(verifier()(`${input}.${signature}`), { name: 'TokenError', reason: 'key' })
})

test('the one issuer’s name with the other’s key is refused, both ways', async () => {
  const { keyId, privateKey, publicJwk } = keyring.signingKey()
  const times = { iat: SECONDS, nbf: SECONDS, exp: SECONDS + 600, jti: 'x' }
  const common = { sub: clientId, cid: clientId, aid: accountId, scp: 'a', reg: 'eu', ...times }
  const header = { alg: 'ES256', typ: 'at+jwt' }
  const ours = { ...common, iss: PUBLIC_URL, aud: PUBLIC_URL }
  const theirs = { ...common, iss: ISSUER, aud: AUDIENCE }
  const verify = verifier()
  const sign = (claims: object, kid: string, key: CryptoKey | KeyObject) =>
    new SignJWT({ ...claims }).setProtectedHeader({ ...header, kid }).sign(key)
  assert.ok(await verify(await sign(ours, keyId, privateKey)), 'what the others are made from is good')
  assert.ok(await verify(await sign(theirs, 'ec', KEYS.ec.privateKey)), 'and this')
  for (const kid of [keyId, 'ec']) {
    await assert.rejects(verify(await sign(ours, kid, KEYS.ec.privateKey)), { name: 'TokenError' })
    await assert.rejects(verify(await sign(theirs, kid, privateKey)), { name: 'TokenError' })
  }
  await assert.rejects(verify(await sign({ ...theirs, aud: PUBLIC_URL }, 'ec', KEYS.ec.privateKey)), {
    reason: 'audience',
  })
  // Even where the issuer lists our public key under our id, a token in our name is verified with our keys only.
  answer = listing([{ ...KEYS.ec.publicKey.export({ format: 'jwk' }), kid: publicJwk.kid }])
  await assert.rejects(verifier()(await sign(ours, keyId, KEYS.ec.privateKey)), { reason: 'signature' })
})

test('both issuers are accepted side by side, and ours not where it is turned off', async () => {
  const grant = { publicUrl: PUBLIC_URL, region: 'eu', accountId, clientId, scopes: ['a'] }
  const own = await mintAccessToken({ keyring, ...grant, now: NOW })
  for (const ownTokens of [true, false]) {
    const verify = verifier({}, { ownTokens })
    assert.equal((await verify(await token())).clientId, 'someone')
    if (ownTokens) assert.equal((await verify(own)).clientId, clientId)
    else await assert.rejects(verify(own), { reason: 'issuer' })
  }
})

test('outside tokens are refused where no issuer is trusted', async () => {
  const verify = verifier({}, { outsideIssuer: undefined })
  await assert.rejects(verify(await token()), { reason: 'issuer' })
  assert.equal(asked, 0)
})

test('the keys are fetched once for many tokens, and unknown key ids do not make it a flood', async () => {
  const verify = verifier()
  await Promise.all(Array.from({ length: 10 }, async () => verify(await token())))
  assert.equal(asked, 1)
  for (let number = 0; number < 5; number++) {
    await assert.rejects(verify(await token({ kid: `unknown-${number}` })), { reason: 'key' })
  }
  assert.equal(asked, 1)
})

test('an outside token is verified again after a minute: its issuer may have withdrawn the key', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: NOW })
  const verify = verifier()
  const remembered = await token()
  assert.ok(await verify(remembered))
  answer = listing([publicJwk('ec')])
  // By now the keys themselves are too old as well, and would be fetched again by whoever looks at them.
  t.mock.timers.setTime(NOW + 59_000)
  assert.ok(await verify(remembered))
  t.mock.timers.setTime(NOW + 6 * 60_000)
  await assert.rejects(verify(remembered), { reason: 'key' })
  assert.equal(asked, 2)
})

const UNREACHABLE: [string, (response: ServerResponse) => void][] = [
  ['says 500', (response) => response.writeHead(500).end()],
  ['says 404', (response) => response.writeHead(404).end('{"keys":[]}')],
  ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['says nothing that is JSON', (response) => response.end('<html>')],
  ['says no JWKS', (response) => response.end('{"key":[]}')],
  ['hangs up', (response) => response.destroy()],
]

for (const [name, behaviour] of UNREACHABLE) {
  test(`an issuer that ${name} is unreachable, which is no fault of the token`, async () => {
    answer = behaviour
    const verify = verifier()
    const good = await token()
    await assert.rejects(verify(good), { name: 'IssuerUnreachable' })
    await assert.rejects(verify(good), { name: 'IssuerUnreachable' })
    assert.equal(asked, 1, 'the next request does not ask again at once')
  })
}

test('an issuer on a closed port is unreachable', async () => {
  const verify = verifier({ jwksUrl: 'http://127.0.0.1:1/jwks' })
  await assert.rejects(verify(await token()), { name: 'IssuerUnreachable' })
})

test('while the issuer is away the keys at hand go on verifying; of others nobody can tell', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: NOW })
  const verify = verifier()
  assert.ok(await verify(await token()))
  answer = (response) => response.writeHead(500).end()
  t.mock.timers.setTime(NOW + 11_000)
  const unknown = await token({ kid: 'new', key: KEYS.rsa.privateKey })
  for (let attempt = 0; attempt < 3; attempt++) {
    await assert.rejects(verify(unknown), { name: 'IssuerUnreachable' })
    assert.ok(await verify(await token({ claims: { jti: String(attempt) } })))
  }
  assert.equal(asked, 2, 'a failed fetch is not tried again within the second')
  answer = listing([{ ...publicJwk('rsa'), kid: 'new' }])
  t.mock.timers.setTime(NOW + 12_000)
  assert.ok(await verify(unknown))
})
