import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Key, Store } from '../../../src/store/store.ts'
import { defined, openFor, type SharedStore, type StoreDriver } from './driver.ts'

function key(keyId: string, more: Partial<Key> = {}): Key {
  return {
    keyId,
    purpose: 'signing',
    material: Uint8Array.from([0, 255, 1, 0]),
    sealed: false,
    createdAt: 1_700_000_000_123,
    ...more,
  }
}

const list = async (store: Store) => plain(await store.listKeys())

/** Material as bytes of no particular class: a driver may give any kind of Uint8Array. */
function plain(keys: Key[]) {
  return keys.map((each) => defined({ ...each, material: Uint8Array.from(each.material) }))
}

export function keyContract(driver: StoreDriver, shared: SharedStore): void {
  describe('keys', () => {
    test('the first key of a purpose stays; every caller is told all keys', async (t) => {
      const { store } = await openFor(t, driver)
      assert.deepEqual(await store.listKeys(), [])
      const [signing, cursor] = [key('s'), key('c', { purpose: 'cursor', sealed: true, createdAt: 5 })]
      assert.deepEqual(plain(await store.ensureKey(signing)), [signing])
      assert.deepEqual(plain(await store.ensureKey(key('other'))), [signing])
      assert.deepEqual(plain(await store.ensureKey(cursor)), [cursor, signing])
      assert.deepEqual(await list(store), [cursor, signing])
    })

    test('of many that make the first key at once, one does, and all are told of that one', async (t) => {
      const { store } = await openFor(t, driver)
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => store.ensureKey(key(`raced-${n}`, { createdAt: n }))),
      )
      const [made] = await list(store)
      assert.ok(made)
      for (const answer of answers) assert.deepEqual(plain(answer), [made])
    })

    test('keys outlive the process, and are listed by creation, then id', async (t) => {
      const opened = await openFor(t, driver)
      const material = crypto.getRandomValues(new Uint8Array(2000))
      for (const [keyId, createdAt] of [
        ['b', 20],
        ['a', 20],
        ['c', 10],
        ['B', 20],
      ] as const) {
        await opened.store.rotateKey(key(keyId, { createdAt, material }), undefined)
      }
      const keys = await list(await opened.reopen())
      assert.deepEqual(
        keys.map((each) => each?.keyId),
        ['c', 'B', 'a', 'b'],
      )
      assert.deepEqual(keys[0], key('c', { createdAt: 10, material }))
    })

    test('a rotation ends the other keys of its purpose, none later than they would have ended', async (t) => {
      const { store } = await openFor(t, driver)
      const before = [
        key('endless', { createdAt: 1 }),
        key('earlier', { createdAt: 2, retireAt: 4000 }),
        key('later', { createdAt: 3, retireAt: 6000 }),
        key('cursor', { createdAt: 4, purpose: 'cursor' }),
      ]
      for (const each of before) await store.rotateKey(each, undefined)
      assert.deepEqual(await list(store), before, 'without an instant nobody retires')
      await store.rotateKey(key('new', { createdAt: 5 }), 5000)
      assert.deepEqual(
        (await store.listKeys()).map(({ keyId, retireAt }) => [keyId, retireAt]),
        [
          ['endless', 5000],
          ['earlier', 4000],
          ['later', 5000],
          ['cursor', undefined],
          ['new', undefined],
        ],
      )
    })

    test('a rotation that fails ends no key', async (t) => {
      const { store } = await openFor(t, driver)
      await store.ensureKey(key('one'))
      await assert.rejects(store.rotateKey(key('one'), 5000))
      assert.deepEqual(await list(store), [key('one')])
    })

    test('material is replaced for all of the named keys or for none', async (t) => {
      const { store } = await openFor(t, driver)
      const keys = [key('a'), key('b'), key('c', { retireAt: 7 })]
      for (const each of keys) await store.rotateKey(each, undefined)
      const sealed = (keyId: string) => ({ keyId, material: Buffer.from(`sealed ${keyId}`), sealed: true })
      await assert.rejects(store.replaceKeyMaterial([sealed('a'), sealed('missing')]))
      assert.deepEqual(await list(store), keys)
      await store.replaceKeyMaterial([sealed('a'), sealed('c')])
      const bytes = (text: string) => Uint8Array.from(Buffer.from(text))
      assert.deepEqual(await list(store), [
        { ...keys[0], material: bytes('sealed a'), sealed: true },
        keys[1],
        { ...keys[2], material: bytes('sealed c'), sealed: true },
      ])
    })
  })

  describe('settings', () => {
    test('a setting is absent, then set, then replaced', async () => {
      const { store } = shared
      assert.equal(await store.getSetting('served_url'), undefined)
      await store.setSetting('served_url', 'http://localhost:8080')
      await store.setSetting('other', 'ü🙂')
      assert.equal(await store.getSetting('served_url'), 'http://localhost:8080')
      await store.setSetting('served_url', '')
      assert.equal(await store.getSetting('served_url'), '')
      assert.equal(await store.getSetting('other'), 'ü🙂')
      assert.equal(await store.getSetting('Other'), undefined)
    })
  })
}
