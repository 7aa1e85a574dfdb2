import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { copyMore, finishCopy } from '../../src/copy/copy.ts'
import { CopyRefused } from '../../src/copy/errors.ts'
import { COPYING, type Store } from '../../src/store/store.ts'
import { draft, jsonOf, listedIds, message, NOON, write } from '../store/contract/drafts.ts'
import type { StoreDriver } from '../store/contract/driver.ts'
import { add, changesOf, erase, finishErasing, NOW, openTexts } from '../store/contract/living-drafts.ts'
import { postgresDriver } from '../store/postgres/driver.ts'
import { sqliteDriver } from '../store/sqlite/driver.ts'
import { fillStore, openNew } from './support.ts'

const WAYS: [StoreDriver, StoreDriver][] = [
  [sqliteDriver, postgresDriver],
  [postgresDriver, sqliteDriver],
  [sqliteDriver, sqliteDriver],
]

const named = (...ids: string[]) => ({ kind: 'interactions', ids }) as const
const customer = (customerId: string) => ({ kind: 'customer', customerId }) as const

/** Open ones of both forms, and erasures: one that is done, and one that is not. */
async function live(store: Store): Promise<{ done: string; running: string }> {
  await write(store, 'acme', draft({ id: 'gathering', open: true, messages: [message('m1')] }))
  await add(store, 'acme', [message('m2'), message('m0')], { id: 'gathering', transcript: 'pending' })
  await write(store, 'acme', draft({ id: 'leaving', customer: 'gone' }))
  await write(store, 'acme', draft({ id: 'veiled', customer: 'going' }))
  await erase(store, 'acme', customer('gone'))
  await finishErasing(store, 'acme')
  const { erasure } = await erase(store, 'acme', named('i1', 'never'))
  const running = await erase(store, 'acme', customer('going'))
  return { done: erasure.erasureId, running: running.erasure.erasureId }
}

/** All that can be seen of `acme`. */
async function sightOf(store: Store) {
  return {
    listed: await listedIds(store, 'acme'),
    open: await openTexts(store, 'acme'),
    changes: await changesOf(store, 'acme'),
    transcript: (await store.getInteraction('acme', 'gathering'))?.transcript,
    revision: await store.getRevision('acme'),
  }
}

for (const [source, target] of WAYS) {
  describe(`copying what lives from ${source.name} to ${target.name}`, () => {
    test('open ones go on, what was erased stays so, and an erasure goes on', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      const { done, running } = await live(from)
      const to = await openNew(t, target)
      assert.equal(await from.claim('sweep', 'holder', 1, 9), true)
      const copied = await finishCopy(from, to)
      assert.deepEqual([copied.tombstones, copied.interactions], [3, 42 + 2 - 1])
      assert.deepEqual(await sightOf(to), await sightOf(from))
      assert.equal(await to.claim('sweep', 'another', 1, 9), true)
      const back = await openNew(t, source)
      assert.deepEqual((await finishCopy(to, back)).checksum, copied.checksum)

      for (const store of [from, to]) {
        assert.equal((await add(store, 'acme', [message('m3')], { id: 'gathering' })).outcome, 'updated')
        for (const given of [{ id: 'i1' }, { id: 'never' }, { id: 'late', customer: 'gone' }]) {
          assert.equal((await write(store, 'acme', draft(given))).outcome, 'rejected', given.id)
        }
        assert.equal(await finishErasing(store, 'acme'), 1)
        assert.equal((await store.getErasure('acme', running))?.erasedAt, NOW)
      }
      assert.deepEqual(await sightOf(to), await sightOf(from))
      assert.deepEqual(await to.getErasure('acme', done), await from.getErasure('acme', done))
      // It ends idle ones as the source does: by when they were last heard of.
      for (const store of [from, to]) {
        const { count } = await store.endIdle('acme', { before: NOW + 1, limit: 9 })
        assert.equal(count, 1)
      }
      assert.equal(await jsonOf(to, 'acme', 'gathering'), await jsonOf(from, 'acme', 'gathering'))
    })

    test('another run brings what was erased since', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      const to = await openNew(t, target)
      await copyMore(from, to)
      await live(from)
      await write(from, 'acme', draft({ id: 'new', at: NOON + 1e9 }))
      await copyMore(from, to)
      // The last one that was copied is gone.
      await erase(from, 'acme', named('new', 'i2'))
      await copyMore(from, to)
      await finishErasing(from, 'acme')
      await from.purge(NOW + 1)
      const copied = await finishCopy(from, to)
      assert.equal(copied.tombstones, 6)
      assert.deepEqual(await sightOf(to), await sightOf(from))
    })

    test('interrupted between tombstones and interactions it loses neither', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 20)
      await live(from)
      await write(from, 'acme', draft({ id: 'behind' }))
      const to = await openNew(t, target)
      for (let n = 1; n < 4; n += 1) {
        let calls = 0
        const fail = () => {
          calls += 1
          if (calls === n) throw new Error('interrupted')
        }
        const failing: Store = {
          ...to,
          transfer: {
            ...to.transfer,
            async writeInteractions(...args) {
              fail()
              await to.transfer.writeInteractions(...args)
            },
            async writeTombstones(...args) {
              fail()
              await to.transfer.writeTombstones(...args)
            },
          },
        }
        await copyMore(from, failing).catch((error) => assert.match(error.message, /interrupted/))
      }
      await finishCopy(from, to)
      assert.deepEqual(await sightOf(to), await sightOf(from))
    })

    test('a tombstone that differs is told', async (t) => {
      const from = await openNew(t, source)
      await fillStore(from, 5)
      await live(from)
      const to = await openNew(t, target)
      await copyMore(from, to)
      const [tombstone] = await to.transfer.readTombstones('acme', { after: 0, limit: 1 })
      assert.ok(tombstone)
      const revision = (await to.getRevision('acme')) ?? 0
      await to.transfer.writeTombstones('acme', [{ ...tombstone, reason: 'retention' }], revision)
      await assert.rejects(finishCopy(from, to), (error) => {
        assert.ok(error instanceof CopyRefused)
        assert.match(error.message, /The tombstone "leaving" of the account acme is not the same/)
        return true
      })
      assert.notEqual(await to.getSetting(COPYING), undefined)
    })
  })
}
