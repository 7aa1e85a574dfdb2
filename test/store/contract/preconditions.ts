import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Precondition } from '../../../src/store/store.ts'
import { draft, jsonOf } from './drafts.ts'
import type { SharedStore } from './driver.ts'

const FAILED = { outcome: 'rejected', reason: 'precondition' }
const CREATED = { outcome: 'created', revision: 1 }
const UPDATED = { outcome: 'updated', revision: 2 }

export function preconditionContract(shared: SharedStore): void {
  describe('preconditions', () => {
    const cases: { precondition: Precondition; whenAbsent: object; whenStored: object }[] = [
      { precondition: 'exists', whenAbsent: FAILED, whenStored: UPDATED },
      { precondition: 'absent', whenAbsent: CREATED, whenStored: FAILED },
      { precondition: { revisions: [1] }, whenAbsent: FAILED, whenStored: UPDATED },
      { precondition: { revisions: [7, 1] }, whenAbsent: FAILED, whenStored: UPDATED },
      { precondition: { revisions: [0, 2] }, whenAbsent: FAILED, whenStored: FAILED },
      { precondition: { revisions: [] }, whenAbsent: FAILED, whenStored: FAILED },
    ]
    for (const { precondition, whenAbsent, whenStored } of cases) {
      const named = JSON.stringify(precondition)

      test(`${named} where nothing is stored`, async () => {
        const accountId = await shared.account()
        const results = await shared.store.writeInteractions(accountId, [draft()], {
          preconditions: [precondition],
        })
        assert.deepEqual(results, [whenAbsent])
        const written = whenAbsent === CREATED
        assert.equal(await jsonOf(shared.store, accountId, 'one'), written ? draft().json : undefined)
        assert.equal(await shared.store.getRevision(accountId), written ? 1 : 0)
      })

      test(`${named} where revision 1 is stored`, async () => {
        const accountId = await shared.account()
        await shared.store.writeInteractions(accountId, [draft()])
        const changed = draft({ text: 'changed' })
        const results = await shared.store.writeInteractions(accountId, [changed], {
          preconditions: [precondition],
        })
        assert.deepEqual(results, [whenStored])
        const { json } = whenStored === UPDATED ? changed : draft()
        assert.equal(await jsonOf(shared.store, accountId, 'one'), json)
      })
    }

    test('a precondition holds for its own draft, and sees what the drafts before it wrote', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const batch = [
        draft(),
        draft({ text: 'x' }),
        draft({ text: 'y' }),
        draft({ text: 'z' }),
        draft({ id: 'two' }),
      ]
      const preconditions: (Precondition | undefined)[] = ['absent', 'absent', { revisions: [1] }]
      assert.deepEqual(await store.writeInteractions(accountId, batch, { preconditions }), [
        CREATED,
        FAILED,
        UPDATED,
        { outcome: 'updated', revision: 3 },
        { outcome: 'created', revision: 4 },
      ])
    })

    test('a precondition is tested before anything else about the draft', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.writeInteractions(accountId, [draft()])
      const again = await store.writeInteractions(accountId, [draft(), draft({ open: true })], {
        preconditions: [{ revisions: [9] }, { revisions: [9] }],
      })
      assert.deepEqual(again, [FAILED, FAILED])
      const holds = await store.writeInteractions(accountId, [draft(), draft({ open: true })], {
        preconditions: [{ revisions: [1] }, 'exists'],
      })
      assert.deepEqual(holds, [
        { outcome: 'unchanged', revision: 1 },
        { outcome: 'rejected', reason: 'reopened' },
      ])
    })

    test('of many that replace one revision at once, one does', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.writeInteractions(accountId, [draft()])
      const attempts = Array.from({ length: 20 }, (_, n) =>
        store.writeInteractions(accountId, [draft({ text: `by ${n}` })], {
          preconditions: [{ revisions: [1] }],
        }),
      )
      const outcomes = (await Promise.all(attempts)).flat().map(({ outcome }) => outcome)
      assert.equal(outcomes.filter((outcome) => outcome === 'updated').length, 1)
      const winner = draft({ text: `by ${outcomes.indexOf('updated')}` })
      assert.equal(await jsonOf(store, accountId, 'one'), winner.json)
      assert.equal(await store.getRevision(accountId), 2)
    })
  })
}
