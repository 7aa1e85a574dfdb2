import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { draft, NOON } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { erase, finishErasing, NOW } from './living-drafts.ts'

export function erasuresAtOnceContract(shared: SharedStore): void {
  describe('erasures of several customers', () => {
    test('at the same time count each their own, also where one bite does some of both', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 41 }, (_, n) =>
        draft({ id: `i${n}`, at: NOON + n, customer: n < 11 ? 'gone' : 'other' }),
      )
      await store.writeInteractions(accountId, drafts)
      const [first, second] = [
        await erase(store, accountId, { kind: 'customer', customerId: 'gone' }),
        await erase(store, accountId, { kind: 'customer', customerId: 'other' }, NOW + 1),
      ]
      const named = await erase(store, accountId, { kind: 'interactions', ids: ['never'] })
      const counts = async () => {
        const erasures = [first, second, named].map(({ erasure }) => erasure.erasureId)
        const all = await Promise.all(erasures.map((id) => store.getErasure(accountId, id)))
        return all.map((each) => [each?.interactions, each?.erasedAt !== undefined])
      }
      assert.deepEqual(await store.eraseMore(accountId, 15, NOW), { count: 15, revision: 59, more: true })
      assert.deepEqual(await counts(), [
        [11, true],
        [4, false],
        [0, true],
      ])
      assert.equal(await finishErasing(store, accountId), 26)
      assert.deepEqual(await counts(), [
        [11, true],
        [30, true],
        [0, true],
      ])
    })
  })
}
