import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { ingest } from '../../src/ingest/ingest.ts'
import type { Store } from '../../src/store/store.ts'
import { interaction } from '../interaction/samples.ts'
import { lines, noting } from './noting.ts'
import { storeOfSuite } from './open-store.ts'

describe('ingesting', () => {
  const freshAccount = storeOfSuite()

  const many = (count: number, changes = {}) =>
    lines(...Array.from({ length: count }, (_, index) => interaction({ id: `i${index % 1700}`, ...changes })))

  /** The store, which tells what is on its way, and lets some writes through to it only when they are told to go on. */
  function slowed(store: Store, held: Map<number, Promise<void>>) {
    const seen = { begun: 0, underWay: 0, most: 0 }
    return {
      seen,
      store: {
        ...store,
        async writeInteractions(...args: Parameters<Store['writeInteractions']>) {
          seen.begun += 1
          seen.underWay += 1
          seen.most = Math.max(seen.most, seen.underWay)
          const written = store.writeInteractions(...args)
          await held.get(seen.begun)
          return written.finally(() => {
            seen.underWay -= 1
          })
        },
      },
    }
  }

  it('has two batches on their way and no more, and tells of them in order', async () => {
    const { store, account } = await freshAccount()
    const { options, progress } = noting()
    const first = Promise.withResolvers<void>()
    const { seen, store: slow } = slowed(store, new Map([[1, first.promise]]))
    const done = ingest(slow, account, many(2000), options)
    while (((await store.getRevision(account)) ?? 0) < 1000) await setImmediate()
    // The second is written by now, and the third is not begun before the first is answered.
    assert.deepEqual([seen.begun, progress], [2, []])
    first.resolve()
    assert.deepEqual(await done, { place: 2000, created: 1700, updated: 0, unchanged: 300, rejected: 0 })
    assert.deepEqual(
      progress.map(({ place, created }) => [place, created]),
      [
        [500, 500],
        [1000, 1000],
        [1500, 1500],
        [2000, 1700],
      ],
    )
    assert.equal(seen.most, 2)
  })

  it('has one on its way where the run may be resumed, whose counts are stored with it', async () => {
    const { store, account } = await freshAccount()
    const { seen, store: slow } = slowed(store, new Map())
    const state = { place: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
    await ingest(slow, account, many(1500), noting({ resume: { source: 'x', state } }).options)
    assert.equal(seen.most, 1)
    assert.deepEqual(await store.getImport(account, 'x'), { ...state, place: 1500, created: 1500 })
  })

  it('fails where one is not written, and begins no further one', async () => {
    const { store, account } = await freshAccount()
    const { options, progress } = noting()
    const { seen, store: slow } = slowed(store, new Map([[2, Promise.reject(new Error('the disk is gone'))]]))
    await assert.rejects(ingest(slow, account, many(5000), options), /the disk is gone/)
    assert.equal(seen.begun, 2)
    assert.deepEqual(
      progress.map(({ place }) => place),
      [500],
    )
  })

  it('fails when nothing is on its way any more, and tells of what was written behind the one that was not', async () => {
    const { store, account } = await freshAccount()
    const { options, progress } = noting()
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const held = new Map([
      [1, first.promise],
      [2, second.promise],
    ])
    const { seen, store: slow } = slowed(store, held)
    const done = ingest(slow, account, many(1000), options)
    let failed = false
    done.catch(() => {
      failed = true
    })
    while (seen.begun < 2) await setImmediate()
    first.reject(new Error('the disk is gone'))
    for (let turn = 0; turn < 20; turn += 1) await setImmediate()
    assert.equal(failed, false)
    second.resolve()
    await assert.rejects(done, /the disk is gone/)
    assert.deepEqual(
      progress.map(({ place, created }) => [place, created]),
      [[1000, 500]],
    )
  })

  it('lets a batch wait for those that are ahead of it, and for no others', async () => {
    const { store, account } = await freshAccount()
    const { options: told, progress } = noting()
    const waits: number[] = []
    const patient: Store = {
      ...store,
      lockTimeout: 1e6,
      writeInteractions(accountId, drafts, options) {
        waits.push(Math.round(Math.max(0, (options?.since ?? 0) - performance.now()) / 1e6))
        return store.writeInteractions(accountId, drafts, options)
      },
    }
    const batch = (from: number) => Array.from({ length: 500 }, (_, n) => interaction({ id: `i${from + n}` }))
    async function* slowly() {
      for (const from of [0, 500, 1000]) {
        yield* lines(...batch(from))
        while (progress.length < from / 500 + 1) await setImmediate()
      }
      yield* lines(...batch(1500), ...batch(2000))
    }
    await ingest(patient, account, slowly(), told)
    assert.deepEqual(waits, [0, 0, 0, 0, 1])
  })
})
