import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accountOfClientId,
  isAccountId,
  isErasureId,
  newAccountId,
  newClientId,
  newClientSecret,
  newErasureId,
} from '../../src/auth/ids.ts'
import { isKnownScope, scopesOf } from '../../src/auth/scopes.ts'
import { checkSecret, hashSecret } from '../../src/auth/secret.ts'

test('account ids are 16 characters of lower-case base32, and differ', () => {
  const ids = Array.from({ length: 1000 }, newAccountId)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[a-z2-7]{16}$/)
  assert.equal(new Set(ids.join('')).size, 32, 'every letter of the alphabet occurs')
})

test('ids of erasures can be told from what is none', () => {
  const ids = Array.from({ length: 1000 }, newErasureId)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.every(isErasureId))
  for (const id of [
    '',
    'a'.repeat(15),
    'a'.repeat(17),
    'A'.repeat(16),
    '1'.repeat(16),
    `${'a'.repeat(15)}\0`,
  ]) {
    assert.ok(!isErasureId(id), id)
  }
})

test('a client id contains its account', () => {
  for (const accountId of [newAccountId(), 'acme', 'A-b_9', 'x'.repeat(64)]) {
    const clientId = newClientId(accountId)
    assert.equal(accountOfClientId(clientId), accountId)
    assert.notEqual(newClientId(accountId), clientId)
  }
})

for (const accountId of ['', 'a.b', 'a b', 'x'.repeat(65), 'é', 'a\n']) {
  test(`${JSON.stringify(accountId)} is no account id`, () => {
    assert.equal(isAccountId(accountId), false)
    assert.throws(() => newClientId(accountId), TypeError)
  })
}

for (const clientId of ['', 'acme', 'acme.', '.x', 'acme.a.b', 'a b.c', 'acme.x\n', `${'x'.repeat(65)}.y`]) {
  test(`${JSON.stringify(clientId)} is no client id`, () => {
    assert.equal(accountOfClientId(clientId), undefined)
  })
}

test('secrets are 256 bits of base64url; only the very one matches its hash', () => {
  const secret = newClientSecret()
  assert.match(secret, /^[\w-]{43}$/)
  const kept = hashSecret(secret)
  assert.match(kept, /^sha256:[\w-]{43}$/)
  assert.equal(checkSecret(secret, kept), true)
  for (const other of ['', secret.slice(1), `${secret}x`, newClientSecret(), kept]) {
    assert.equal(checkSecret(other, kept), false, other)
  }
  for (const hash of ['', secret, kept.replace('sha256:', 'sha512:'), kept.slice(7)]) {
    assert.equal(checkSecret(secret, hash), false, hash)
  }
})

test('scopes are read from space-separated text, each once, in order', () => {
  assert.deepEqual(scopesOf(' b  a b '), ['b', 'a'])
  assert.deepEqual(scopesOf(''), [])
  assert.equal(isKnownScope('interactions:write'), true)
  assert.equal(isKnownScope('toString'), false)
})
