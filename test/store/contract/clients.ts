import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from '../../../src/store/store.ts'
import { defined, type SharedStore } from './driver.ts'

const WITH_SECRET: Client = {
  clientId: 'acme.one',
  name: 'Pipeline “Süd”',
  scope: 'interactions:write interactions-public:read',
  secretHash: 'scrypt$secret',
  createdAt: 1_700_000_000_123,
}

export function clientContract(shared: SharedStore): void {
  describe('clients', () => {
    test('a client is given back as it was created', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const withKey = { clientId: 'acme.key', name: '', scope: '', publicKey: '{"kty":"EC"}', createdAt: 2 }
      await store.createClient(accountId, WITH_SECRET)
      await store.createClient(accountId, withKey)
      assert.deepEqual(defined(await store.getClient(accountId, 'acme.one')), WITH_SECRET)
      assert.deepEqual(defined(await store.getClient(accountId, 'acme.key')), withKey)
      assert.equal(await store.getClient(accountId, 'acme.two'), undefined)
    })

    test('a client id that is taken is refused, and so is an unknown account', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.createClient(accountId, WITH_SECRET)
      await assert.rejects(store.createClient(accountId, { ...WITH_SECRET, name: 'Another' }))
      assert.deepEqual(defined(await store.getClient(accountId, 'acme.one')), WITH_SECRET)
      await assert.rejects(store.createClient('nobody', WITH_SECRET))
      assert.equal(await store.getClient('nobody', 'acme.one'), undefined)
    })

    test('clients are listed by creation, then id', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const given = [
        ['b', 20],
        ['a', 20],
        ['c', 10],
        ['B', 20],
      ] as const
      for (const [clientId, createdAt] of given) {
        await store.createClient(accountId, { ...WITH_SECRET, clientId, createdAt })
      }
      const listed = await store.listClients(accountId)
      assert.deepEqual(
        listed.map(({ clientId }) => clientId),
        ['c', 'B', 'a', 'b'],
      )
      assert.deepEqual(defined(listed[0]), { ...WITH_SECRET, clientId: 'c', createdAt: 10 })
      assert.deepEqual(await store.listClients(await shared.account()), [])
    })

    test('new credentials replace the old ones, of this client alone', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const other = { ...WITH_SECRET, clientId: 'acme.other' }
      await store.createClient(accountId, WITH_SECRET)
      await store.createClient(accountId, other)
      assert.equal(await store.updateClient(accountId, 'acme.one', { publicKey: '{"kty":"RSA"}' }), true)
      const { secretHash: _, ...rest } = WITH_SECRET
      assert.deepEqual(defined(await store.getClient(accountId, 'acme.one')), {
        ...rest,
        publicKey: '{"kty":"RSA"}',
      })
      assert.equal(await store.updateClient(accountId, 'acme.one', { secretHash: 'scrypt$next' }), true)
      assert.deepEqual(defined(await store.getClient(accountId, 'acme.one')), {
        ...rest,
        secretHash: 'scrypt$next',
      })
      assert.deepEqual(defined(await store.getClient(accountId, 'acme.other')), other)
      assert.equal(await store.updateClient(accountId, 'acme.nobody', { secretHash: 'x' }), false)
    })

    test('removing tells whether there was such a client, and removes no other', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const other = { ...WITH_SECRET, clientId: 'acme.other' }
      await store.createClient(accountId, WITH_SECRET)
      await store.createClient(accountId, other)
      assert.deepEqual(await store.getStanding(accountId, 'acme.one'), { revision: 0, client: true })
      assert.equal(await store.removeClient(accountId, 'acme.one'), true)
      assert.equal(await store.removeClient(accountId, 'acme.one'), false)
      assert.deepEqual(await store.getStanding(accountId, 'acme.one'), { revision: 0, client: false })
      assert.equal(await store.getStanding('nobody', 'acme.other'), undefined)
      assert.equal(await store.getClient(accountId, 'acme.one'), undefined)
      assert.deepEqual((await store.listClients(accountId)).map(defined), [other])
    })
  })

  describe('assertions', () => {
    test('an assertion works once for a client, and its id may be another client’s', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const use = { jti: 'j1', expiresAt: 2000, now: 1000 }
      assert.equal(await store.useAssertion(accountId, 'one', use), true)
      assert.equal(await store.useAssertion(accountId, 'one', use), false)
      assert.equal(await store.useAssertion(accountId, 'one', { ...use, expiresAt: 3000 }), false)
      assert.equal(await store.useAssertion(accountId, 'one', { ...use, jti: 'J1' }), true)
      assert.equal(await store.useAssertion(accountId, 'two', use), true)
    })

    test('of many that use one assertion at once, one succeeds', async () => {
      const accountId = await shared.account()
      const uses = Array.from({ length: 20 }, () =>
        shared.store.useAssertion(accountId, 'one', { jti: 'raced', expiresAt: 2000, now: 1000 }),
      )
      assert.equal((await Promise.all(uses)).filter(Boolean).length, 1)
    })

    test('what has expired is forgotten, and nothing before', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const use = (jti: string, expiresAt: number, now: number) =>
        store.useAssertion(accountId, 'one', { jti, expiresAt, now })
      assert.equal(await use('early', 2000, 1000), true)
      assert.equal(await use('late', 9000, 1000), true)
      assert.equal(await use('other', 9000, 2000), true)
      assert.equal(await use('early', 2000, 2000), false, 'at its last instant it may still be replayed')
      assert.equal(await use('early', 9000, 2001), true, 'afterwards its age alone refuses it')
      assert.equal(await use('late', 9000, 2001), false)
    })
  })
}
