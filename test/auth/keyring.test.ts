import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { jwtVerify } from 'jose'
import { KeyringError } from '../../src/auth/errors.ts'
import { type Keyring, openKeyring, rotateCursorKey, rotateSigningKey } from '../../src/auth/keyring.ts'
import { newKey } from '../../src/auth/keys.ts'
import { mintAccessToken } from '../../src/auth/mint.ts'
import { sealMaterial } from '../../src/auth/sealing.ts'
import { openCursor, sealCursor } from '../../src/interaction/cursor.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestStore, storeFile } from './support.ts'

const NOW = Date.UTC(2024, 0, 1)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MASTER_KEY = new Uint8Array(randomBytes(32))

const secretsOf = (ring: Keyring) =>
  ring.cursorKeys().all.map(({ secret }) => Buffer.from(secret).toString('hex'))

async function assertAgree(first: Keyring, second: Keyring): Promise<void> {
  assert.equal(first.signingKey().keyId, second.signingKey().keyId)
  assert.deepEqual(first.signingKey().privateJwk, second.signingKey().privateJwk)
  assert.deepEqual(secretsOf(first), secretsOf(second))
}

test('the first opening makes a signing key and a cursor key, later ones find them', async (t) => {
  const store = await openTestStore(t)
  const first = await openKeyring(store, undefined, () => NOW)
  const second = await openKeyring(store, undefined, () => NOW + HOUR)
  await assertAgree(first, second)
  const keys = await store.listKeys()
  assert.deepEqual(keys.map(({ purpose }) => purpose).sort(), ['cursor', 'signing'])
  assert.equal(first.cursorKeys().current.secret.length, 32)
})

test('two processes that open one new store at once agree', async (t) => {
  const file = await storeFile(t)
  const stores = [await openTestStore(t, file), await openTestStore(t, file)] as const
  for (const masterKey of [undefined, MASTER_KEY]) {
    const [first, second] = await Promise.all(stores.map((store) => openKeyring(store, masterKey, () => NOW)))
    await assertAgree(first as Keyring, second as Keyring)
    assert.equal((await stores[0].listKeys()).length, 2)
  }
})

test('the JWKS shows public parts only', async (t) => {
  const ring = await openKeyring(await openTestStore(t), undefined, () => NOW)
  const { keys } = ring.publicJwks(NOW)
  assert.equal(keys.length, 1)
  assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  assert.equal(keys[0]?.kid, ring.signingKey().keyId)
})

test('with a master key nothing secret is stored in the clear', async (t) => {
  const store = await openTestStore(t)
  const ring = await openKeyring(store, MASTER_KEY, () => NOW)
  const stored = await store.listKeys()
  const material = Buffer.concat(stored.map((key) => key.material))
  assert.ok(stored.every((key) => key.sealed))
  assert.equal(material.includes(ring.cursorKeys().current.secret), false)
  assert.equal(material.includes(String(ring.signingKey().privateJwk.d)), false)
  await assertAgree(ring, await openKeyring(store, MASTER_KEY, () => NOW))
})

test('a master key that comes later seals what is there, and it stays the same', async (t) => {
  const store = await openTestStore(t)
  const before = await openKeyring(store, undefined, () => NOW)
  const cursor = sealCursor(before.cursorKeys(), 'listing', 'acme', Buffer.from('place'))
  const after = await openKeyring(store, MASTER_KEY, () => NOW)
  await assertAgree(before, after)
  assert.ok((await store.listKeys()).every((key) => key.sealed))
  assert.deepEqual(openCursor(after.cursorKeys(), 'listing', 'acme', cursor), Buffer.from('place'))
})

test('a process without the master key goes on with the keys it has when another one seals them', async (t) => {
  const store = await openTestStore(t)
  const running = await openKeyring(store, undefined, () => NOW)
  const keyId = running.signingKey().keyId
  await openKeyring(store, MASTER_KEY, () => NOW)
  await running.refresh()
  assert.equal(running.signingKey().keyId, keyId)
  await rotateSigningKey(store, MASTER_KEY, { now: NOW })
  await assert.rejects(running.refresh(), KeyringError)
})

const UNUSABLE: [string, (store: Store) => Promise<Uint8Array | undefined>, RegExp][] = [
  [
    'no master key where keys are sealed',
    async () => undefined,
    /PARLANCE_MASTER_KEY or PARLANCE_MASTER_KEY_FILE/,
  ],
  ['the wrong master key', async () => new Uint8Array(randomBytes(32)), /was sealed with another one/],
  [
    'material of one key in the place of another',
    async (store) => {
      const [first, second] = await store.listKeys()
      if (first === undefined || second === undefined) throw new Error('two keys expected')
      await store.replaceKeyMaterial([{ ...second, material: first.material }])
      return MASTER_KEY
    },
    /was sealed with another one/,
  ],
  [
    'a byte that has changed',
    (store) =>
      change(store, (bytes) => {
        bytes[20] = (bytes[20] ?? 0) ^ 1
      }),
    /sealed with another/,
  ],
  [
    'a form from the future',
    (store) =>
      change(store, (bytes) => {
        bytes[0] = 2
      }),
    /does not know/,
  ],
  [
    'sealed material that is no key',
    async (store) => {
      const keys = await store.listKeys()
      await store.replaceKeyMaterial(
        keys.map((key) => ({ ...key, material: sealMaterial(MASTER_KEY, key, Buffer.from('{}')) })),
      )
      return MASTER_KEY
    },
    /is damaged/,
  ],
]

async function change(store: Store, edit: (bytes: Uint8Array) => void): Promise<Uint8Array> {
  for (const key of await store.listKeys()) {
    edit(key.material)
    await store.replaceKeyMaterial([key])
  }
  return MASTER_KEY
}

for (const [name, prepare, message] of UNUSABLE) {
  test(`cannot be opened: ${name}`, async (t) => {
    const store = await openTestStore(t)
    await openKeyring(store, MASTER_KEY, () => NOW)
    const masterKey = await prepare(store)
    const before = await store.listKeys()
    const error = { name: 'KeyringError', message }
    await assert.rejects(
      openKeyring(store, masterKey, () => NOW),
      error,
    )
    await assert.rejects(rotateSigningKey(store, masterKey, { now: NOW }), error)
    await assert.rejects(rotateCursorKey(store, masterKey, { now: NOW }), error)
    assert.deepEqual(await store.listKeys(), before, 'nothing was written')
  })
}

test('a wrong master key leaves no key behind where one is missing', async (t) => {
  const store = await openTestStore(t)
  await store.ensureKey(await newKey('signing', MASTER_KEY, NOW))
  for (const masterKey of [undefined, new Uint8Array(randomBytes(32))]) {
    await assert.rejects(
      openKeyring(store, masterKey, () => NOW),
      KeyringError,
    )
  }
  assert.equal((await store.listKeys()).length, 1)
})

test('tokens that were minted verify with the published keys', async (t: TestContext) => {
  const ring = await openKeyring(await openTestStore(t), undefined, () => NOW)
  const token = await mintAccessToken({
    keyring: ring,
    publicUrl: 'https://parlance.example',
    region: 'eu',
    accountId: 'acme',
    clientId: 'acme.client',
    scopes: ['interactions-public:read', 'interactions:write'],
    now: NOW,
  })
  const { payload, protectedHeader } = await jwtVerify(token, ring.signingKey().publicKey, {
    currentDate: new Date(NOW),
  })
  assert.deepEqual(protectedHeader, { alg: 'ES256', kid: ring.signingKey().keyId, typ: 'at+jwt' })
  const { jti, ...claims } = payload
  assert.match(String(jti), /^.{20,}$/)
  assert.deepEqual(claims, {
    iss: 'https://parlance.example',
    aud: 'https://parlance.example',
    sub: 'acme.client',
    cid: 'acme.client',
    client_id: 'acme.client',
    aid: 'acme',
    scp: 'interactions-public:read interactions:write',
    reg: 'eu',
    iat: NOW / 1000,
    nbf: NOW / 1000,
    exp: NOW / 1000 + 600,
  })
})
