import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SECOND } from '../../../src/interaction/instant.ts'
import { MAX_DOCUMENT_BYTES } from '../../../src/interaction/limits.ts'
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
import type { SharedStore } from './driver.ts'

const spoken = (id: string, start_time: number) =>
  message(id, { start_time, source_system: 'STT', channel: 'VOICE' })

/** Texts just below the limit of one, that leave some bytes of the largest document. */
function nearlyFull() {
  const text = 'x'.repeat(1024 * 1024 - 200)
  return Array.from({ length: 8 }, (_, n) => message(`m${n}`, { text }))
}

export function keptMessagesContract(shared: SharedStore): void {
  describe('a draft without messages', () => {
    test('keeps those that are stored and replaces the rest', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const messages = [message('m1'), message('m2', { sentiment: 'POSITIVE' })]
      await write(store, accountId, draft({ messages, open: true, more: { note: 'dropped' } }))
      const result = await write(store, accountId, draftWithoutMessages({ customer: 'another' }))
      assert.deepEqual(result, { outcome: 'updated', revision: 2 })
      assert.equal(await jsonOf(store, accountId, 'one'), draft({ messages, customer: 'another' }).json)
      assert.deepEqual(await listedIds(store, accountId), ['one'])
    })

    test('has none where nothing is stored', async () => {
      const accountId = await shared.account()
      await write(shared.store, accountId, draftWithoutMessages())
      assert.equal(await jsonOf(shared.store, accountId, 'one'), draft({ messages: [] }).json)
    })

    test('is unchanged where the rest is the same', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft({ messages: [message('m2'), message('m1')] }))
      const result = await write(store, accountId, draftWithoutMessages())
      assert.deepEqual(result, { outcome: 'unchanged', revision: 1 })
    })

    test('does not keep an empty list that another draft gave', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft())
      await write(store, accountId, draft({ messages: [] }))
      assert.equal(await jsonOf(store, accountId, 'one'), draft({ messages: [] }).json)
    })

    test('with another start puts the messages in order anew', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const dated = message('dated', { message_start_at: '2024-02-29T12:00:10.000000Z' })
      await write(store, accountId, draft({ messages: [spoken('spoken', 5), dated] }))
      await write(store, accountId, draftWithoutMessages({ at: NOON + 8 * SECOND }))
      const expected = draft({ messages: [dated, spoken('spoken', 5)], at: NOON + 8 * SECOND })
      assert.equal(await jsonOf(store, accountId, 'one'), expected.json)
    })

    test('keeps what the drafts before it in the batch wrote', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.writeInteractions(accountId, [
        draft({ text: 'first' }),
        draft({ text: 'second' }),
        draftWithoutMessages({ customer: 'another' }),
      ])
      const expected = draft({ text: 'second', customer: 'another' })
      assert.equal(await jsonOf(store, accountId, 'one'), expected.json)
    })

    test('keeps numbers and keys as they were written', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const odd = '"big":12345678901234567890,"point":1.0,"huge":1e400,"minus":-0,"__proto__":{"n":1.50}'
      const text = JSON.stringify(told({ messages: [message('m1', { odd: 1 })] })).replace('"odd":1', odd)
      await write(store, accountId, draftOf(text))
      assert.equal(await jsonOf(store, accountId, 'one'), text)
      const more = `,"own":{"n":2.0}}`
      const { messages: _, ...rest } = told({ customer: 'another' })
      await write(store, accountId, draftOf(JSON.stringify(rest).slice(0, -1) + more))
      assert.equal(
        await jsonOf(store, accountId, 'one'),
        text.replace('"customer_id":"customer"', '"customer_id":"another"').slice(0, -1) + more,
      )
    })

    test('is rejected where it makes the document too large, and changes nothing', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const full = draft({ messages: nearlyFull() })
      assert.ok(Buffer.byteLength(full.json) > MAX_DOCUMENT_BYTES - 1000)
      await write(store, accountId, full)
      const queues = Array.from({ length: 10 }, (_, n) => `${n}`.repeat(100))
      const result = await write(store, accountId, draftWithoutMessages({ more: { queues } }))
      assert.deepEqual(result, { outcome: 'rejected', reason: 'too_large' })
      assert.equal(await jsonOf(store, accountId, 'one'), full.json)
      assert.equal(await store.getRevision(accountId), 1)
    })

    test('cannot open an interaction again', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await write(store, accountId, draft())
      const result = await write(store, accountId, draftWithoutMessages({ open: true }))
      assert.deepEqual(result, { outcome: 'rejected', reason: 'reopened' })
    })
  })
}
