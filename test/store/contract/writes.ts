import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MINUTE } from '../../../src/interaction/instant.ts'
import { packDrafts } from '../../../src/interaction/packed-drafts.ts'
import type { WriteResult } from '../../../src/store/store.ts'
import {
  draft,
  draftOf,
  draftWithoutMessages,
  jsonOf,
  listedIds,
  message,
  NOON,
  told,
  write,
} from './drafts.ts'
import { openFor, type SharedStore, type StoreDriver } from './driver.ts'

const REOPENED = { outcome: 'rejected', reason: 'reopened' }

export function writeContract(driver: StoreDriver, shared: SharedStore): void {
  describe('writes', () => {
    test('the first write creates, another content updates, the same content is unchanged', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const [one, other] = [draft({ text: 'one' }), draft({ text: 'other' })]
      assert.deepEqual(await write(store, accountId, one), { outcome: 'created', revision: 1 })
      assert.deepEqual(await write(store, accountId, one), { outcome: 'unchanged', revision: 1 })
      assert.deepEqual(await write(store, accountId, other), { outcome: 'updated', revision: 2 })
      assert.deepEqual(await write(store, accountId, other), { outcome: 'unchanged', revision: 2 })
      assert.deepEqual(await write(store, accountId, one), { outcome: 'updated', revision: 3 })
      assert.equal(await jsonOf(store, accountId, 'one'), one.json)
    })

    test('drafts may come packed', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = [draft({ id: 'a', text: 'ä€😀' }), draft({ id: 'b', open: true }), draft({ id: 'a' })]
      const results = await store.writeInteractions(accountId, packDrafts(drafts))
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ['created', 'created', 'updated'],
      )
      for (const { id, json } of drafts.slice(1)) assert.equal(await jsonOf(store, accountId, id), json)
      const unchanged = await store.writeInteractions(accountId, packDrafts(drafts.slice(2)))
      assert.equal(unchanged[0]?.outcome, 'unchanged')
    })

    test('packed ones may be large, take stored messages, and repeat what is stored', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const text = 'a long text. '.repeat(500)
      const ids = ['a', 'b', 'c', 'd', 'e', 'f']
      await store.writeInteractions(accountId, packDrafts(ids.map((id) => draft({ id, text }))))
      const again = [
        ...ids.map((id) => draft({ id, text })),
        draft({ id: 'a', text: 'another' }),
        // What is stored already was not prepared to be stored, and has to be after all.
        draft({ id: 'a', text }),
        draftWithoutMessages({ id: 'b', customer: 'another' }),
      ]
      const results = await store.writeInteractions(accountId, packDrafts(again))
      const outcomes = [...ids.map(() => 'unchanged'), 'updated', 'updated', 'updated']
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        outcomes,
      )
      assert.equal(await jsonOf(store, accountId, 'a'), draft({ id: 'a', text }).json)
      const kept = draft({ id: 'b', text, customer: 'another' }).json
      assert.equal(await jsonOf(store, accountId, 'b'), kept)
    })

    const changes = {
      'the customer': told({ customer: 'somebody else' }),
      'the start': told({ at: NOON + 1 }),
      'a message': told({ messages: [message('m1', { text: 'hello' })] }),
      'an unnamed property': told({ more: { wrap_up: 'done' } }),
      'the order of an unnamed object': told({ more: { tags: { b: 1, a: 2 } } }),
    }
    for (const [what, changed] of Object.entries(changes)) {
      test(`${what} alone is a change`, async () => {
        const accountId = await shared.account()
        await write(shared.store, accountId, draft({ text: 'Hello', more: { tags: { a: 2, b: 1 } } }))
        const result = await write(shared.store, accountId, draftOf(changed))
        assert.deepEqual(result, { outcome: 'updated', revision: 2 })
        assert.equal(await jsonOf(shared.store, accountId, 'one'), JSON.stringify(changed))
      })
    }

    test('an account counts from 0; an unknown one has no revision and takes no writes', async () => {
      const { store } = shared
      assert.equal(await store.getRevision(await shared.account()), 0)
      assert.equal(await store.getRevision('nobody'), undefined)
      await assert.rejects(store.writeInteractions('nobody', [draft()]))
      assert.equal(await store.getRevision('nobody'), undefined)
      assert.equal(await store.getInteraction('nobody', 'one'), undefined)
    })

    test('a batch takes a run of revisions; what is unchanged or rejected takes none', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.writeInteractions(accountId, [draft({ id: 'a' }), draft({ id: 'b' })])
      const batch = [
        draft({ id: 'c' }),
        draft({ id: 'a' }),
        draft({ id: 'b', open: true }),
        draft({ id: 'b', text: 'changed' }),
        draft({ id: 'd' }),
      ]
      assert.deepEqual(await store.writeInteractions(accountId, batch), [
        { outcome: 'created', revision: 3 },
        { outcome: 'unchanged', revision: 1 },
        REOPENED,
        { outcome: 'updated', revision: 4 },
        { outcome: 'created', revision: 5 },
      ])
      assert.equal(await store.getRevision(accountId), 5)
      assert.equal((await store.getInteraction(accountId, 'b'))?.revision, 4)
    })

    test('nothing to write, or nothing but repetition, takes no revision', async () => {
      const { store } = shared
      const accountId = await shared.account()
      assert.deepEqual(await store.writeInteractions(accountId, []), [])
      assert.equal(await store.getRevision(accountId), 0)
      await write(store, accountId, draft())
      await store.writeInteractions(accountId, [draft(), draft(), draft({ open: true })])
      assert.equal(await store.getRevision(accountId), 1)
    })

    test('drafts of one id in a batch are written one after another', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const batch = ['x', 'y', 'y', 'x'].map((text) => draft({ text }))
      assert.deepEqual(await store.writeInteractions(accountId, [draft({ open: true }), ...batch]), [
        { outcome: 'created', revision: 1 },
        { outcome: 'updated', revision: 2 },
        { outcome: 'updated', revision: 3 },
        { outcome: 'unchanged', revision: 3 },
        { outcome: 'updated', revision: 4 },
      ])
      assert.equal(await jsonOf(store, accountId, 'one'), draft({ text: 'x' }).json)
      assert.deepEqual(await listedIds(store, accountId), ['one'])
    })

    test('an open interaction stays readable and unlisted until it ends, and does not open again', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const open = draft({ open: true })
      await write(store, accountId, open)
      await write(store, accountId, draft({ open: true, text: 'more' }))
      assert.equal((await store.getInteraction(accountId, 'one'))?.ended, false)
      assert.deepEqual(await listedIds(store, accountId), [])
      assert.deepEqual(await write(store, accountId, draft()), { outcome: 'updated', revision: 3 })
      assert.equal((await store.getInteraction(accountId, 'one'))?.ended, true)
      assert.deepEqual(await listedIds(store, accountId), ['one'])
      assert.deepEqual(await write(store, accountId, open), REOPENED)
      assert.equal(await jsonOf(store, accountId, 'one'), draft().json)
      assert.equal(await store.getRevision(accountId), 3)
    })

    test('ids are told apart by every byte', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const ids = [
        'a',
        'A',
        'a ',
        ' a',
        'ä',
        'a\u0308',
        'ａ',
        '🙂',
        'x'.repeat(256),
        '%',
        "'",
        '_',
        'null',
        '0',
      ]
      const results = await store.writeInteractions(
        accountId,
        ids.map((id) => draft({ id, text: id })),
      )
      assert.deepEqual(new Set(results.map(({ outcome }) => outcome)), new Set(['created']))
      for (const id of ids) {
        assert.equal(await jsonOf(store, accountId, id), draft({ id, text: id }).json)
      }
    })

    test('writes that run at once share the revisions out without gap or repeat', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const writes = Array.from({ length: 60 }, (_, n) =>
        store.writeInteractions(accountId, [
          draft({ id: `a${n}` }),
          draft({ id: `b${n % 10}`, text: String(n) }),
        ]),
      )
      const revisions = (await Promise.all(writes)).flat().map(revisionOf)
      assert.deepEqual(
        revisions.sort((a, b) => a - b),
        Array.from({ length: 120 }, (_, n) => n + 1),
      )
      assert.equal(await store.getRevision(accountId), 120)
    })

    test('a batch of ten thousand is one run', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 10_000 }, (_, n) => draft({ id: `i${n}`, at: NOON + n * MINUTE }))
      const results = await store.writeInteractions(accountId, drafts)
      assert.deepEqual(
        results.map(revisionOf),
        drafts.map((_, n) => n + 1),
      )
      assert.equal(await store.getRevision(accountId), 10_000)
    })

    test('everything written is there after the store was closed and opened', async (t) => {
      const opened = await openFor(t, driver)
      await opened.store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
      await write(opened.store, 'acme', draft())
      const store = await opened.reopen()
      assert.equal(await jsonOf(store, 'acme', 'one'), draft().json)
      assert.deepEqual(await write(store, 'acme', draft()), { outcome: 'unchanged', revision: 1 })
      assert.deepEqual(await write(store, 'acme', draft({ id: 'two' })), { outcome: 'created', revision: 2 })
    })
  })
}

function revisionOf(result: WriteResult): number {
  assert.ok('revision' in result, JSON.stringify(result))
  return result.revision
}
