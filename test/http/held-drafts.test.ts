import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeldDrafts } from '../../src/http/routes/held-drafts.ts'
import { draft, draftWithoutMessages } from '../store/contract/drafts.ts'

/** How many drafts each group has. */
function groupsOf(...drafts: Parameters<HeldDrafts['add']>[0][]): number[] {
  const held = new HeldDrafts()
  for (const each of drafts) held.add(each)
  return [...held.groups()].map((group) => group.drafts.length)
}

test('drafts are written in groups of some four million characters, and one is in any case', () => {
  const large = (id: string) => draft({ id, text: 'x'.repeat(1_000_000) })
  assert.deepEqual(groupsOf(large('a'), large('b'), large('c'), large('d'), large('e')), [4, 1])
  assert.deepEqual(groupsOf(...Array.from({ length: 1000 }, (_, n) => draft({ id: `${n}` }))), [1000])
})

test('one without messages stands for the document that is read and written for it', () => {
  const heads = Array.from({ length: 20 }, (_, n) => draftWithoutMessages({ id: `${n}` }))
  assert.deepEqual(groupsOf(...heads), [7, 7, 6])
})
