import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_EXAMINED } from '../../../src/store/sqlite/interactions/veiled-listing.ts'
import { erase } from '../contract/living-drafts.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { openAcme } from './support.ts'

test('a page of changes passes over so many hidden ones at most, and says how far it came', async (t) => {
  const { store } = await openAcme(t)
  const hidden = Math.floor(MAX_EXAMINED * 2.5)
  const drafts = Array.from({ length: hidden }, (_, n) => ({ ...plainDraft(`i${n}`), customerId: 'gone' }))
  await store.writeInteractions('acme', drafts)
  await store.writeInteractions('acme', [{ ...plainDraft('stays'), startedAt: 5 }])
  await erase(store, 'acme', { kind: 'interactions', ids: ['i7'] })
  await erase(store, 'acme', { kind: 'customer', customerId: 'gone' })
  const seen: string[] = []
  const reached: number[] = []
  for (let after = 0, more = true; more; ) {
    const page = await store.listChanges('acme', { after, limit: 3, maxBytes: 1e9 })
    seen.push(...page.changes.map(({ id, kind }) => `${id} ${kind}`))
    reached.push(page.reached)
    assert.ok(page.reached > after)
    after = page.reached
    more = page.more
  }
  assert.deepEqual(seen, ['stays ended', 'i7 erased'])
  assert.deepEqual(reached, [MAX_EXAMINED + 1, 2 * MAX_EXAMINED + 1, hidden + 3])
})
