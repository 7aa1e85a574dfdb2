import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../../../src/store/store.ts'
import { draft, jsonOf, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { add } from './living-drafts.ts'

export function transcriptsContract(shared: SharedStore): void {
  describe('the state of a transcript', () => {
    const stateOf = async (store: Store, accountId: string) =>
      (await store.getInteraction(accountId, 'one'))?.transcript

    for (const open of [true, false]) {
      test(`of an ${open ? 'open' : 'ended'} interaction is a change by itself, and is told`, async () => {
        const { store } = shared
        const accountId = await shared.account()
        const given = draft({ open })
        await store.writeInteractions(accountId, [given], { transcript: 'pending' })
        assert.equal(await stateOf(store, accountId), 'pending')
        // Who tells none changes none.
        assert.equal((await write(store, accountId, given)).outcome, 'unchanged')
        await write(store, accountId, draft({ open, text: 'changed' }))
        assert.equal(await stateOf(store, accountId), 'pending')
        const told = await store.writeInteractions(accountId, [draft({ open, text: 'changed' })], {
          transcript: 'failed',
        })
        assert.deepEqual(told, [{ outcome: 'updated', revision: 3 }])
        assert.deepEqual(await add(store, accountId, [], { transcript: 'complete' }), {
          outcome: 'updated',
          revision: 4,
        })
        assert.deepEqual(await add(store, accountId, [], { transcript: 'complete' }), {
          outcome: 'unchanged',
          revision: 4,
        })
        assert.equal(await stateOf(store, accountId), 'complete')
        const { changes } = await store.listChanges(accountId, { after: 0, limit: 5, maxBytes: 1e9 })
        assert.deepEqual(
          changes.map((change) => change.kind !== 'erased' && [change.revision, change.transcript]),
          [[4, 'complete']],
        )
        assert.deepEqual(
          JSON.parse((await jsonOf(store, accountId, 'one')) ?? ''),
          JSON.parse(draft({ open, text: 'changed' }).json),
        )
      })
    }
  })
}
