import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_DOCUMENT_BYTES } from '../../../src/interaction/limits.ts'
import { draft, draftWithoutMessages, jsonOf, listedIds, message, NOON, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'
import { add, changesOf, documentWith, numbered, opening, openTexts } from './living-drafts.ts'

const [A, B, C] = [message('a'), message('b'), message('c')]
const at = (id: string, seconds: number) =>
  message(id, { message_start_at: new Date(NOON / 1000 + seconds * 1000).toISOString().replace('Z', '000Z') })

export function additionsContract(shared: SharedStore): void {
  describe('messages that are added to an open interaction', () => {
    test('join those that were written with it', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [A] }))
      assert.deepEqual(await add(store, accountId, [B]), { outcome: 'updated', revision: 2 })
      assert.deepEqual(await add(store, accountId, [C]), { outcome: 'updated', revision: 3 })
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith([A, B, C], { open: true }))
      assert.equal((await store.getInteraction(accountId, 'one'))?.ended, false)
      assert.deepEqual(await changesOf(store, accountId), [[3, 'one', 'open']])
    })

    test('are merged into the message of their key; again they change nothing', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [A, B] }))
      await add(store, accountId, [C])
      const patch = { message_id: 'b', sentiment: 'POSITIVE' }
      assert.deepEqual(await add(store, accountId, [patch]), { outcome: 'updated', revision: 3 })
      assert.deepEqual(await add(store, accountId, [patch, C]), { outcome: 'unchanged', revision: 3 })
      const merged = { ...B, sentiment: 'POSITIVE' }
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith([A, merged, C], { open: true }))
    })

    test('are kept in the order of their times, however they come', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [] }))
      for (const n of [30, 10, 20]) await add(store, accountId, [at(`m${n}`, n)])
      const expected = documentWith([at('m10', 10), at('m20', 20), at('m30', 30)], { open: true })
      assert.equal(await jsonOf(store, accountId, 'one'), expected)
    })

    test('are of one interaction of one account', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      for (const [accountId, id] of [
        [one, 'one'],
        [one, 'two'],
        [other, 'one'],
      ] as const) {
        await write(store, accountId, draft({ id, open: true, messages: [A] }))
        await add(store, accountId, [message('b', { text: `${accountId} ${id}` })], { id })
      }
      for (const [accountId, id] of [
        [one, 'one'],
        [one, 'two'],
        [other, 'one'],
      ] as const) {
        const messages = [A, message('b', { text: `${accountId} ${id}` })]
        assert.equal(await jsonOf(store, accountId, id), documentWith(messages, { id, open: true }))
      }
    })

    test('stay when it is written without messages, and go when it is written with them', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [A] }))
      await add(store, accountId, [B])
      const bare = draftWithoutMessages({ open: true, customer: 'another' })
      assert.deepEqual(await write(store, accountId, bare), { outcome: 'updated', revision: 3 })
      assert.deepEqual(await write(store, accountId, bare), { outcome: 'unchanged', revision: 3 })
      const both = draft({ open: true, messages: [A, B], customer: 'another' })
      assert.equal(await jsonOf(store, accountId, 'one'), both.json)
      // As it is read, it is the same.
      assert.deepEqual(await write(store, accountId, both), { outcome: 'unchanged', revision: 3 })
      const replaced = draft({ open: true, messages: [C] })
      assert.deepEqual(await write(store, accountId, replaced), { outcome: 'updated', revision: 4 })
      assert.equal(await jsonOf(store, accountId, 'one'), replaced.json)
      await add(store, accountId, [A])
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith([C, A], { open: true }))
    })

    test('are part of the document when it ends, with or without messages of its own', async () => {
      const { store } = shared
      const accountId = await shared.account()
      for (const id of ['kept', 'replaced']) {
        await write(store, accountId, draft({ id, open: true, messages: [A] }))
        await add(store, accountId, [B], { id })
      }
      await write(store, accountId, draftWithoutMessages({ id: 'kept', customer: 'known now' }))
      const kept = documentWith([A, B], { id: 'kept', customer: 'known now' })
      assert.equal(await jsonOf(store, accountId, 'kept'), kept)
      await write(store, accountId, draft({ id: 'replaced', messages: [C] }))
      assert.equal(await jsonOf(store, accountId, 'replaced'), documentWith([C], { id: 'replaced' }))
      assert.deepEqual(await listedIds(store, accountId), ['kept', 'replaced'])
      assert.deepEqual(await openTexts(store, accountId), [])
    })

    test('make a long conversation, one by one', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [] }))
      const messages = numbered(300)
      for (const each of messages) await add(store, accountId, [each])
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith(messages, { open: true }))
      await write(store, accountId, draftWithoutMessages())
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith(messages))
      assert.equal(await store.getRevision(accountId), 302)
    })

    test('from many at once are all there', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [A] }))
      const messages = numbered(40)
      const results = await Promise.all(messages.map((each) => add(store, accountId, [each])))
      const revisions = results.map((result) => (result.outcome === 'updated' ? result.revision : 0))
      assert.deepEqual(
        revisions.sort((a, b) => a - b),
        messages.map((_, n) => n + 2),
      )
      const { messages: stored } = JSON.parse((await jsonOf(store, accountId, 'one')) ?? '')
      assert.deepEqual(
        new Set(stored.map(JSON.stringify)),
        new Set([A, ...messages].map((each) => JSON.stringify(each))),
      )
    })

    test('are refused, all of a call, where one cannot be taken', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [A] }))
      await add(store, accountId, [message('b', { source_system: 'VA', channel: 'SMS' }), B])
      const before = await jsonOf(store, accountId, 'one')
      const cases = { ambiguous: { message_id: 'b' }, incomplete: { message_id: 'new', text: 'x' } }
      for (const [reason, patch] of Object.entries(cases)) {
        const result = await add(store, accountId, [C, patch])
        assert.ok(result.outcome === 'rejected')
        assert.equal(result.reason, reason)
        assert.match(result.problems[0]?.name ?? '', /^messages\[1\]\./)
      }
      assert.equal(await jsonOf(store, accountId, 'one'), before)
      assert.equal(await store.getRevision(accountId), 2)
    })

    test('may not make it larger than a document', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ open: true, messages: [] }))
      const text = 'x'.repeat(1024 * 1024 - 200)
      for (let n = 0; n < 8; n += 1) await add(store, accountId, [message(`m${n}`, { text })])
      const full = await jsonOf(store, accountId, 'one')
      assert.ok((full?.length ?? 0) < MAX_DOCUMENT_BYTES)
      const result = await add(store, accountId, [message('more', { text: 'x'.repeat(2000) })])
      assert.deepEqual(result.outcome === 'rejected' && result.reason, 'too_large')
      assert.equal(await jsonOf(store, accountId, 'one'), full)
      // Ended, it is still one document.
      assert.equal((await write(store, accountId, draftWithoutMessages())).outcome, 'updated')
    })
  })

  describe('the largest document', () => {
    for (const form of ['gathers', 'is whole'] as const) {
      test(`is bounded to the byte where an open one ${form}, also when its messages and its head change`, async () => {
        const { store } = shared
        const accountId = await shared.account()
        const size = async () => Buffer.byteLength((await jsonOf(store, accountId, 'one')) ?? '')
        // Two bytes a letter.
        const texts = Array.from({ length: 8 }, (_, n) => message(`m${n}`, { text: 'é'.repeat(500_000) }))
        if (form === 'gathers') {
          await write(store, accountId, draft({ open: true, messages: [] }))
          assert.equal((await add(store, accountId, texts)).outcome, 'updated')
        } else {
          await write(store, accountId, draft({ open: true, messages: texts }))
        }
        const last = (length: number) => message('last', { text: 'x'.repeat(length) })
        const room = MAX_DOCUMENT_BYTES - (await size()) - JSON.stringify(last(0)).length - 1
        const over = await add(store, accountId, [last(room + 1)])
        assert.equal(over.outcome === 'rejected' && over.reason, 'too_large')
        assert.equal((await add(store, accountId, [last(room)])).outcome, 'updated')
        assert.equal(await size(), MAX_DOCUMENT_BYTES)
        for (const text of ['é', 'é'.repeat(500_000)]) {
          assert.equal((await add(store, accountId, [{ message_id: 'm0', text }])).outcome, 'updated')
        }
        assert.equal(await size(), MAX_DOCUMENT_BYTES)
        const head = (customer: string) =>
          write(store, accountId, draftWithoutMessages({ customer, open: true }))
        assert.deepEqual(await head('customer+'), { outcome: 'rejected', reason: 'too_large' })
        assert.equal((await head('custome')).outcome, 'updated')
        assert.equal((await head('customer')).outcome, 'updated')
        // With the time of its end it would be larger, unless nobody is there to be told so.
        const ended = await write(store, accountId, draftWithoutMessages())
        assert.deepEqual(ended, { outcome: 'rejected', reason: 'too_large' })
        const { count } = await store.endIdle(accountId, { before: Number.MAX_SAFE_INTEGER, limit: 9 })
        assert.equal(count, 1)
        assert.ok((await size()) > MAX_DOCUMENT_BYTES)
      })
    }
  })

  describe('messages for an interaction that nobody has announced', () => {
    test('are refused, unless they say how to open it', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const refused = { outcome: 'rejected', reason: 'unknown', problems: [] }
      assert.deepEqual(await add(store, accountId, [A]), refused)
      const given = { customer: 'somebody' }
      const opened = await add(store, accountId, [A], { opening: opening(given) })
      assert.deepEqual(opened, { outcome: 'created', revision: 1 })
      const more = await add(store, accountId, [B], { opening: opening({ customer: 'not looked at' }) })
      assert.deepEqual(more, { outcome: 'updated', revision: 2 })
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith([A, B], { ...given, open: true }))
    })

    test('open it only where they can be taken', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const result = await add(store, accountId, [{ message_id: 'a' }], { opening: opening() })
      assert.equal(result.outcome, 'rejected')
      assert.equal(await jsonOf(store, accountId, 'one'), undefined)
      assert.equal(await store.getRevision(accountId), 0)
    })

    test('may be none', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const result = await add(store, accountId, [], { opening: opening() })
      assert.deepEqual(result, { outcome: 'created', revision: 1 })
      assert.deepEqual(await add(store, accountId, []), { outcome: 'unchanged', revision: 1 })
      assert.equal(await jsonOf(store, accountId, 'one'), opening().json)
    })

    test('are refused in an account that does not exist', async () => {
      await assert.rejects(add(shared.store, 'nobody', [A], { opening: opening() }))
    })
  })

  describe('messages that are added after the end', () => {
    test('issue the document anew', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ messages: [at('m1', 1), at('m9', 9)] }))
      const patch = {
        message_id: 'm1',
        sentiment: 'NEGATIVE',
        intent: 'refund',
        intent_confidence_score: 0.9,
      }
      assert.deepEqual(await add(store, accountId, [at('m5', 5), patch]), { outcome: 'updated', revision: 2 })
      const expected = documentWith([{ ...at('m1', 1), ...patch }, at('m5', 5), at('m9', 9)])
      assert.deepEqual(JSON.parse((await jsonOf(store, accountId, 'one')) ?? ''), JSON.parse(expected))
      assert.deepEqual(await add(store, accountId, [patch]), { outcome: 'unchanged', revision: 2 })
      assert.deepEqual(await listedIds(store, accountId), ['one'])
      assert.deepEqual(await changesOf(store, accountId), [[2, 'one', 'ended']])
    })

    test('from many at once lose nothing of each other', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const messages = numbered(30)
      await write(store, accountId, draft({ messages }))
      await Promise.all([
        ...messages.map(({ message_id }: { message_id?: string }) => {
          return add(store, accountId, [{ message_id, sentiment: 'POSITIVE' }])
        }),
        ...messages.map(({ message_id }: { message_id?: string }) => {
          return add(store, accountId, [{ message_id, intent: `of ${message_id}` }])
        }),
      ])
      const { messages: stored } = JSON.parse((await jsonOf(store, accountId, 'one')) ?? '')
      for (const each of stored) {
        assert.deepEqual([each.sentiment, each.intent], ['POSITIVE', `of ${each.message_id}`])
      }
      assert.equal(await store.getRevision(accountId), 61)
    })

    test('are refused where they cannot be taken, and nothing changes', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ messages: [A] }))
      const result = await add(store, accountId, [B, { message_id: 'new' }])
      assert.equal(result.outcome === 'rejected' && result.reason, 'incomplete')
      assert.equal(await jsonOf(store, accountId, 'one'), documentWith([A]))
    })

    test('depend on a precondition', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ messages: [A] }))
      const refused = await add(store, accountId, [B], { precondition: { revisions: [7] } })
      assert.equal(refused.outcome === 'rejected' && refused.reason, 'precondition')
      const taken = await add(store, accountId, [B], { precondition: { revisions: [1] } })
      assert.equal(taken.outcome, 'updated')
    })
  })
}
