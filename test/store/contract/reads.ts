import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Block } from '../../../src/interaction/block.ts'
import { EARLIEST, LATEST } from '../../../src/interaction/instant.ts'
import { gzipDocument, gzipPage, plainPage } from '../../../src/interaction/page.ts'
import { ACCOUNT_CALLS, fill, GLOBAL_CALLS } from './calls.ts'
import { ALWAYS, draft, draftOf, jsonOf, message, NOON, textOf, textsOf, told, write } from './drafts.ts'
import type { SharedStore } from './driver.ts'

const LINKS = { self: 'http://localhost/conversations/interactions' }

export function readContract(shared: SharedStore): void {
  describe('reads', () => {
    test('a document is read byte for byte as it was written, plain and compressed', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const text = 'Straße 漢字 🙂 \u2028 " \\ \t <script>'
      const { json } = draft({ text })
      await write(store, accountId, draft({ text }))
      const stored = await store.getInteraction(accountId, 'one')
      assert.ok(stored)
      assert.equal(textOf(stored.document), json)
      assert.equal(gunzipSync(gzipDocument(stored.document)).toString(), json)
      assert.equal(stored.document.length, Buffer.byteLength(json))
      assert.equal(stored.revision, 1)
      assert.equal(stored.ended, true)
    })

    test('numbers stay as they were written', async () => {
      const accountId = await shared.account()
      const more = '"big":12345678901234567890,"point":1.0,"deep":{"list":[1e400,-0,0.10]}'
      const text = JSON.stringify(told({ more: { odd: 1 } })).replace('"odd":1', more)
      await write(shared.store, accountId, draftOf(text))
      assert.equal(await jsonOf(shared.store, accountId, 'one'), text)
    })

    test('what is not there is undefined', async () => {
      const accountId = await shared.account()
      await write(shared.store, accountId, draft({ id: 'one' }))
      for (const id of ['', 'on', 'one ', 'One', 'x'.repeat(300)]) {
        assert.equal(await shared.store.getInteraction(accountId, id), undefined)
      }
    })

    test('documents of some megabytes are kept, whether they compress or not', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const noise = Array.from({ length: 7 }, (_, n) =>
        message(`m${n}`, { text: randomBytes(700_000).toString('base64') }),
      )
      const large = [
        draft({ id: 'even', text: 'x'.repeat(1024 * 1024) }),
        draft({ id: 'noise', messages: noise }),
      ]
      await store.writeInteractions(accountId, large)
      for (const { id, json } of large) {
        const read = await jsonOf(store, accountId, id)
        assert.equal(digest(read ?? ''), digest(json))
      }
    })

    test('documents lie end to end on a page, and stay whole while the store goes on', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const drafts = Array.from({ length: 20 }, (_, n) => draft({ id: `i${n}`, at: NOON + n, text: `t${n}` }))
      await store.writeInteractions(accountId, drafts)
      const { blocks } = await store.listInteractions(accountId, {
        window: ALWAYS,
        limit: 20,
        maxBytes: 1e9,
      })
      const one = await store.getInteraction(accountId, 'i7')
      await store.writeInteractions(
        accountId,
        drafts.map(({ id }) => draft({ id, text: 'another' })),
      )
      await store.listInteractions(accountId, { window: ALWAYS, limit: 5, maxBytes: 1e9 })
      const page = plainPage(blocks, LINKS).toString()
      assert.deepEqual(
        JSON.parse(page)._embedded.interactions,
        drafts.map(({ json }) => JSON.parse(json)),
      )
      assert.equal(gunzipSync(gzipPage(blocks, LINKS)).toString(), page)
      assert.equal(textOf(one?.document as Block), drafts[7]?.json)
    })

    test('instants from the earliest to the latest are kept in order', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const instants = [EARLIEST, -1, 0, 1, NOON, LATEST]
      const drafts = instants.map((at) => {
        const { ended_at: _, ...rest } = told({ id: String(at), at })
        return draftOf({ ...rest, ended_at: rest.started_at })
      })
      await store.writeInteractions(accountId, drafts.toReversed())
      const window = { from: EARLIEST, to: LATEST }
      const listing = await store.listInteractions(accountId, { window, limit: 10, maxBytes: 1e9 })
      assert.deepEqual(
        textsOf(listing),
        drafts.map(({ json }) => json),
      )
    })

    for (const [method, call] of Object.entries({ ...ACCOUNT_CALLS, ...GLOBAL_CALLS })) {
      test(`${method} gives plain values`, async () => {
        const accountId = await shared.account()
        if (call !== ACCOUNT_CALLS.createClient) await fill(shared.store, accountId)
        if (call !== GLOBAL_CALLS.ensureKey) await GLOBAL_CALLS.ensureKey(shared.store, accountId)
        assertPlain(await call(shared.store, accountId), method)
      })
    }
  })
}

/** Ordinary objects, arrays and primitives, whole numbers that are exact, and bytes. */
function assertPlain(value: unknown, path: string): void {
  if (value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    assert.ok(Number.isSafeInteger(value), `${path} is ${value}`)
  } else if (Array.isArray(value)) {
    value.forEach((each, index) => {
      assertPlain(each, `${path}[${index}]`)
    })
  } else if (!(value instanceof Uint8Array)) {
    assert.equal(typeof value, 'object', `${path} is of type ${typeof value}`)
    assert.notEqual(value, null, path)
    assert.equal(Object.getPrototypeOf(value), Object.prototype, `${path} has another prototype`)
    for (const [name, each] of Object.entries(value as object)) assertPlain(each, `${path}.${name}`)
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
