import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { SignJWT } from 'jose'
import type { TokenFault } from '../../src/auth/errors.ts'
import { type Keyring, openKeyring, rotateSigningKey } from '../../src/auth/keyring.ts'
import { accessClaims, mintAccessToken } from '../../src/auth/mint.ts'
import { RememberedTokens } from '../../src/auth/remembered.ts'
import { createVerifier, type Verify } from '../../src/auth/verify.ts'
import type { Store } from '../../src/store/store.ts'
import { draft } from '../store/contract/drafts.ts'
import { base64url, createAccount, createSecretClient, openTestStore } from './support.ts'

const NOW = Date.UTC(2024, 0, 1)
const SECONDS = NOW / 1000
const MINUTE = 60_000
const PUBLIC_URL = 'https://parlance.example'
const REGION = 'eu'

let store: Store
let keyring: Keyring
let verify: Verify
let accountId: string
let clientId: string
const cleanups: (() => unknown)[] = []

before(async () => {
  store = await openTestStore({ after: (cleanup) => cleanups.unshift(cleanup) })
  keyring = await openKeyring(store, undefined, () => NOW)
  verify = verifier()
  accountId = await createAccount(store)
  clientId = (await createSecretClient(store, accountId)).clientId
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

function verifier(options: Partial<Parameters<typeof createVerifier>[0]> = {}): Verify {
  const own = { publicUrl: () => PUBLIC_URL, region: REGION, outsideIssuer: undefined, ownTokens: true }
  return createVerifier({ store, keyring, ...own, ...options })
}

const minted = (more: object = {}) =>
  mintAccessToken({
    keyring,
    publicUrl: PUBLIC_URL,
    region: REGION,
    accountId,
    clientId,
    scopes: ['interactions-public:read', 'interactions:write'],
    now: NOW,
    ...more,
  })

interface Changes {
  header?: object
  claims?: object
  key?: KeyObject | CryptoKey | Uint8Array
}

/** A token as the issuer makes it, but for the changes; a claim that is undefined is left out. */
async function forged({ header = {}, claims = {}, key = keyring.signingKey().privateKey }: Changes) {
  const grant = { publicUrl: PUBLIC_URL, region: REGION, accountId, clientId, scopes: ['interactions:write'] }
  const times = { jti: randomUUID(), iat: SECONDS, exp: SECONDS + 600 }
  return new SignJWT({ ...accessClaims(grant, times), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: keyring.signingKey().keyId, typ: 'at+jwt', ...header })
    .sign(key)
}

test('a token of ours gives its account, client, scopes, and the revision as it is now', async () => {
  const token = await minted()
  const scopes = new Set(['interactions-public:read', 'interactions:write'])
  assert.deepEqual(await verify(token, NOW), { accountId, clientId, scopes, revision: 0 })
  await store.writeInteractions(accountId, [draft()])
  assert.deepEqual(await verify(token, NOW), { accountId, clientId, scopes, revision: 1 })
})

test('what the faults below are made from is good', async () => {
  assert.equal((await verify(await forged({}), NOW)).accountId, accountId)
})

const OTHER = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** HS256 with the bytes of our public key as the secret, in a form that an attacker can get. */
async function confused(form: 'pem' | 'jwk' | 'raw'): Promise<string> {
  const { publicJwk, publicKey } = keyring.signingKey()
  const secrets = {
    jwk: () => JSON.stringify(publicJwk),
    pem: () => toPem(crypto.subtle.exportKey('spki', publicKey)),
    raw: () => crypto.subtle.exportKey('raw', publicKey),
  }
  const secret = Buffer.from((await secrets[form]()) as string)
  const token = await forged({})
  const [, payload] = token.split('.')
  const input = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: publicJwk.kid })}.${payload}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

async function toPem(der: Promise<ArrayBuffer>): Promise<string> {
  const lines =
    Buffer.from(await der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`
}

async function unsigned(alg: string): Promise<string> {
  const [, payload] = (await forged({})).split('.')
  return `${base64url({ alg, typ: 'at+jwt', kid: keyring.signingKey().keyId })}.${payload}.`
}

async function tampered(part: 0 | 1 | 2): Promise<string> {
  const parts = (await forged({})).split('.')
  const bytes = Buffer.from(parts[part] ?? '', 'base64url')
  // Not the last byte: inside the JSON, where one letter still leaves JSON.
  const at = part === 2 ? 10 : bytes.lastIndexOf('"') - 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  parts[part] = bytes.toString('base64url')
  return parts.join('.')
}

const OWN_FAULTS: [string, TokenFault, () => string | Promise<string>][] = [
  ['nothing', 'malformed', () => ''],
  ['a word', 'malformed', () => 'token'],
  ['dots', 'malformed', () => '..'],
  ['four parts', 'malformed', async () => `${await forged({})}.x`],
  ['five parts', 'malformed', () => 'a.b.c.d.e'],
  ['a payload that is no JSON', 'malformed', () => `${base64url({ alg: 'ES256' })}.${base64url('x')}.x`],
  ['a payload that is a list', 'malformed', () => `${base64url({ alg: 'ES256' })}.${base64url([1])}.x`],
  ['a header that is no JSON', 'malformed', () => `${base64url('x')}.${base64url({ iss: PUBLIC_URL })}.x`],
  ['100 KiB', 'malformed', () => 'a'.repeat(100 * 1024)],
  ['a signature that is cut off', 'signature', async () => (await forged({})).slice(0, -8)],
  ['no signature', 'signature', async () => `${(await forged({})).split('.').slice(0, 2).join('.')}.`],
  ['a changed payload', 'signature', () => tampered(1)],
  ['a changed signature', 'signature', () => tampered(2)],
  ['alg none', 'algorithm', () => unsigned('none')],
  ['alg NONE', 'algorithm', () => unsigned('NONE')],
  ['HS256 with the public key as PEM', 'algorithm', () => confused('pem')],
  ['HS256 with the public key as JWK', 'algorithm', () => confused('jwk')],
  ['HS256 with the public key as bytes', 'algorithm', () => confused('raw')],
  ['RS256', 'algorithm', () => forged({ header: { alg: 'RS256' }, key: RSA.privateKey })],
  ['another key under our key id', 'signature', () => forged({ key: OTHER.privateKey })],
  ['an unknown key id', 'key', () => forged({ header: { kid: 'unknown' }, key: OTHER.privateKey })],
  ['no key id', 'key', () => forged({ header: { kid: undefined } })],
  ['a key in the header', 'key', () => forgedWithOwnKey({ jwk: OTHER.publicKey.export({ format: 'jwk' }) })],
  ['a key URL in the header', 'key', () => forgedWithOwnKey({ jku: 'https://attacker.example/jwks' })],
  ['an unknown critical header', 'algorithm', () => forgedCritical()],
  ['typ JWT', 'type', () => forged({ header: { typ: 'JWT' } })],
  ['no typ', 'type', () => forged({ header: { typ: undefined } })],
  ['another issuer', 'issuer', () => forged({ claims: { iss: 'https://other.example' } })],
  ['the issuer with a slash', 'issuer', () => forged({ claims: { iss: `${PUBLIC_URL}/` } })],
  ['no issuer', 'issuer', () => forged({ claims: { iss: undefined } })],
  ['a list of issuers', 'issuer', () => forged({ claims: { iss: [PUBLIC_URL] } })],
  ['another audience', 'audience', () => forged({ claims: { aud: 'https://other.example' } })],
  ['no audience', 'audience', () => forged({ claims: { aud: undefined } })],
  ['expired', 'expired', () => forged({ claims: { exp: SECONDS - 5 } })],
  ['no exp', 'claims', () => forged({ claims: { exp: undefined } })],
  ['an exp that is a string', 'claims', () => forged({ claims: { exp: String(SECONDS + 60) } })],
  ['not yet valid', 'not_yet_valid', () => forged({ claims: { nbf: SECONDS + 6 } })],
  ['no nbf', 'claims', () => forged({ claims: { nbf: undefined } })],
  ['no jti', 'claims', () => forged({ claims: { jti: undefined } })],
  ['no scp', 'claims', () => forged({ claims: { scp: undefined } })],
  ['an scp that is a list', 'claims', () => forged({ claims: { scp: ['interactions:write'] } })],
  ['no aid', 'account', () => forged({ claims: { aid: undefined } })],
  ['an aid that is a number', 'account', () => forged({ claims: { aid: 7 } })],
  ['an aid that is a list', 'account', () => forged({ claims: { aid: [accountId] } })],
  ['an aid that is null', 'account', () => forged({ claims: { aid: null } })],
  ['an aid that is no account id', 'account', () => forged({ claims: { aid: 'a.b' } })],
  ['an unknown account', 'account', () => forged({ claims: { aid: 'nobody', cid: 'nobody.client' } })],
  ['an unknown client', 'client', () => forged({ claims: { cid: `${accountId}.nobody` } })],
  ["another account's client", 'client', () => forged({ claims: { aid: 'another' } })],
  ['no cid', 'client', () => forged({ claims: { cid: undefined } })],
  ['another region', 'region', () => forged({ claims: { reg: 'us' } })],
  ['a region that is no string', 'region', () => forged({ claims: { reg: null } })],
]

function forgedWithOwnKey(header: object): Promise<string> {
  return forged({ header: { kid: undefined, ...header }, key: OTHER.privateKey })
}

async function forgedCritical(): Promise<string> {
  const [, payload] = (await forged({})).split('.')
  const { keyId, privateKey } = keyring.signingKey()
  const header = { alg: 'ES256', typ: 'at+jwt', kid: keyId, crit: ['new'], new: true }
  const input = `${base64url(header)}.${payload}`
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

for (const [name, reason, make] of OWN_FAULTS) {
  test(`refuses ${name}: ${reason}`, async () => {
    const token = await make()
    await assert.rejects(verify(token, NOW), { name: 'TokenError', reason })
    await assert.rejects(verify(token, NOW), { name: 'TokenError', reason }, 'and again')
  })
}

test('clocks may differ by five seconds, whether the token is remembered or not', async () => {
  const token = await minted()
  const end = NOW + 600_000
  const checks: [number, boolean][] = [
    [NOW - 5000, true],
    [NOW - 5001, false],
    [end + 4999, true],
    [end + 5000, false],
  ]
  for (const [at, good] of checks) {
    for (const attempt of [verify, verifier()]) {
      if (good) assert.ok(await attempt(token, at))
      else await assert.rejects(attempt(token, at), { name: 'TokenError' })
    }
  }
})

test('a region may be absent', async () => {
  assert.ok(await verify(await forged({ claims: { reg: undefined } }), NOW))
})

test('own tokens are refused where the deployment gives out none', async () => {
  const token = await minted()
  await assert.rejects(verifier({ ownTokens: false })(token, NOW), { reason: 'issuer' })
})

test('a token of a removed client is refused at once, though it was remembered', async () => {
  const { clientId } = await createSecretClient(store, accountId)
  const token = await minted({ clientId })
  assert.ok(await verify(token, NOW))
  await store.removeClient(accountId, clientId)
  await assert.rejects(verify(token, NOW), { reason: 'client' })
})

test('the clients of one account are not those of another', async () => {
  const other = await createAccount(store)
  const { clientId } = await createSecretClient(store, other)
  await assert.rejects(verify(await minted({ clientId }), NOW), { reason: 'client' })
  assert.equal((await verify(await minted({ accountId: other, clientId }), NOW)).accountId, other)
})

test('tokens of a key that another process retired are refused, though they were remembered', async (t) => {
  const store = await openTestStore(t)
  let time = NOW
  const keyring = await openKeyring(store, undefined, () => time)
  const verify = verifier({ store, keyring })
  const accountId = await createAccount(store)
  const { clientId } = await createSecretClient(store, accountId)
  const token = await minted({ keyring, accountId, clientId, lifetimeSeconds: 3600 })
  assert.ok(await verify(token, NOW))
  await rotateSigningKey(store, undefined, { now: NOW, overlapMs: 10 * MINUTE })
  const end = NOW + 11 * MINUTE
  time = end
  assert.ok(await verify(token, end - 1))
  await assert.rejects(verify(token, end), { reason: 'key' })
  assert.ok(await verify(await minted({ keyring, accountId, clientId, now: end }), end))
})

test('a token that another process signed with a new key is accepted at once', async (t) => {
  const store = await openTestStore(t)
  const accountId = await createAccount(store)
  const { clientId } = await createSecretClient(store, accountId)
  const keyring = await openKeyring(store, undefined, () => NOW)
  const verify = verifier({ store, keyring })
  await rotateSigningKey(store, undefined, { now: NOW })
  const other = await openKeyring(store, undefined, () => NOW)
  assert.ok(await verify(await minted({ keyring: other, accountId, clientId }), NOW))
})

test('what the store throws is not taken for a bad token', async () => {
  const broken: Store = { ...store, getStanding: () => Promise.reject(new Error('disk on fire')) }
  await assert.rejects(verifier({ store: broken })(await minted(), NOW), { message: 'disk on fire' })
})

test('only so many tokens are remembered, the newest', () => {
  const remembered = new RememberedTokens<number>(3)
  for (let number = 0; number < 5; number++) remembered.set(`token ${number}`, number)
  assert.equal(remembered.size, 3)
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((number) => remembered.get(`token ${number}`)),
    [undefined, undefined, 2, 3, 4],
  )
  remembered.set('token 2', 22)
  remembered.set('token 5', 5)
  assert.equal(remembered.get('token 2'), 22, 'set anew, so it is no longer the oldest')
  assert.equal(remembered.get('token 3'), undefined)
})
