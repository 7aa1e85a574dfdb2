import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import type { Store } from '../../../src/store/store.ts'
import { draft, draftWithoutMessages, jsonOf, message, NOON, write } from '../contract/drafts.ts'
import { add, assertPurged, erase, finishErasing, NOW } from '../contract/living-drafts.ts'
import { cleanUp, openAcme } from './support.ts'

/** Bytes that have to be found: short enough to lie in one page, long enough to be there by no chance. */
const PIECE = 64

function filesOf(file: string): Buffer[] {
  return [file, `${file}-wal`, `${file}-shm`].filter(existsSync).map((name) => readFileSync(name))
}

function isIn(file: string, piece: Uint8Array): boolean {
  return filesOf(file).some((bytes) => bytes.includes(piece))
}

function freePages(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    return db.prepare('PRAGMA freelist_count').get()?.freelist_count as number
  } finally {
    db.close()
  }
}

/** A piece from the middle of a document, as it lies in the file. */
async function pieceOf(store: Store, id: string): Promise<Buffer> {
  const stored = await store.getInteraction('acme', id)
  assert.ok(stored)
  const { deflated } = stored.document
  const middle = Math.floor(deflated.length / 2)
  return Buffer.from(deflated.subarray(middle, middle + PIECE))
}

const noise = (bytes = 900) => randomBytes(bytes).toString('base64url')

test('nothing is left in the files of what was erased, and all of the rest', async (t) => {
  const { store, file } = await openAcme(t)
  const customer = `customer-${noise(30)}`
  // They share runs with others, are rewritten, and divide pages.
  const drafts = Array.from({ length: 300 }, (_, n) => {
    const own = n % 3 === 0 ? { customer } : {}
    return draft({ id: `i${n}`, at: NOON + ((n * 7919) % 300), text: noise(300 + n * 5), ...own })
  })
  for (let at = 0; at < drafts.length; at += 10) {
    await store.writeInteractions('acme', drafts.slice(at, at + 10))
  }
  const open = { id: 'open', customer, open: true, text: noise() }
  await write(store, 'acme', draft(open))
  const said = Array.from({ length: 40 }, () => noise(60))
  await write(store, 'acme', draft({ id: 'gathering', customer, open: true, messages: [] }))
  for (const [n, text] of said.entries()) {
    await add(store, 'acme', [message(`m${n}`, { text })], { id: 'gathering' })
  }
  const going = drafts.filter(({ customerId }) => customerId === customer).map(({ id }) => id)
  const staying = drafts.filter(({ customerId }) => customerId !== customer)
  const [named, kept] = ['i1', 'i2']
  const gone = await Promise.all([...going, 'open', named].map((id) => pieceOf(store, id)))
  const keptPiece = await pieceOf(store, kept)
  const texts = said.map((text) => Buffer.from(text))
  for (const piece of [...gone, ...texts, keptPiece, Buffer.from(customer)]) assert.ok(isIn(file, piece))

  await erase(store, 'acme', { kind: 'interactions', ids: [named] })
  const { erasure } = await erase(store, 'acme', { kind: 'customer', customerId: customer })
  // Its id lies in what is still to be erased.
  assert.ok(isIn(file, Buffer.from(customer)))
  assert.equal(await finishErasing(store, 'acme', 7), going.length + 2)
  assert.notEqual(freePages(file), 0)
  assert.equal(await store.purge(NOW + 1), true)
  // The file was written anew, and not left to the log.
  assert.equal(freePages(file), 0)
  assert.ok(statSync(`${file}-wal`).size < statSync(file).size / 4)
  for (const piece of [...gone, ...texts, Buffer.from(customer)]) assert.ok(!isIn(file, piece))
  assert.ok(isIn(file, keptPiece))
  assertPurged(await store.getErasure('acme', erasure.erasureId), NOW + 1)
  for (const { id, json } of staying) {
    if (id !== named) assert.equal(await jsonOf(store, 'acme', id), json)
  }
  assert.deepEqual((await store.inspect()).find(({ name }) => name === 'store integrity')?.detail, 'ok')
})

test('what is erased is overwritten at once, where its pages become free', async (t) => {
  const { store, file } = await openAcme(t)
  await write(store, 'acme', draft({ text: noise(60_000) }))
  await write(store, 'acme', draft({ id: 'two', at: NOON + 1 }))
  const piece = await pieceOf(store, 'one')
  await erase(store, 'acme', { kind: 'interactions', ids: ['one'] })
  const other = new DatabaseSync(file)
  cleanUp(t, () => other.close())
  assert.equal(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy, 0)
  assert.ok(statSync(file).size > 60_000)
  assert.ok(!isIn(file, piece))
})

test('nothing is left of what retention has erased, nor of messages that have become a document', async (t) => {
  const { store, file } = await openAcme(t)
  const [first, second] = [noise(), noise(60)]
  await write(store, 'acme', draft({ id: 'over', open: true, text: first }))
  await add(store, 'acme', [message('m2', { text: second })], { id: 'over' })
  await write(store, 'acme', draftWithoutMessages({ id: 'over' }))
  await write(store, 'acme', draft({ id: 'beside', at: NOON + 1e12 }))
  const piece = await pieceOf(store, 'over')
  const pieces = [piece, Buffer.from(second)]
  for (const each of pieces) assert.ok(isIn(file, each))
  const { count } = await store.expire('acme', { endedBefore: NOON + 1e12, limit: 9, now: NOW })
  assert.equal(count, 1)
  assert.equal(await store.purge(NOW), true)
  for (const each of pieces) assert.ok(!isIn(file, each))
  assert.equal(await store.purge(NOW), false)
})

test('a purge that somebody keeps from emptying the log is unavailable, and noted of nothing', async (t) => {
  const { store, file } = await openAcme(t)
  await write(store, 'acme', draft())
  const other = new DatabaseSync(file, { readOnly: true })
  cleanUp(t, () => other.close())
  other.exec('BEGIN')
  other.prepare('SELECT count(*) FROM runs').get()
  const { erasure } = await erase(store, 'acme', { kind: 'interactions', ids: ['one'] })
  const purging = store.purge(NOW)
  // What comes meanwhile waits, and is done.
  const meanwhile = write(store, 'acme', draft({ id: 'two' }))
  await assert.rejects(purging, StoreUnavailable)
  assert.equal((await meanwhile).outcome, 'created')
  assert.equal((await store.getErasure('acme', erasure.erasureId))?.purgedAt, undefined)
  other.exec('COMMIT')
  assert.equal(await store.purge(NOW + 1), true)
  assertPurged(await store.getErasure('acme', erasure.erasureId), NOW + 1)
})

test('long documents are kept as they are while they gather, and are whole', async (t) => {
  const { store } = await openAcme(t)
  await write(store, 'acme', draft({ open: true, messages: [] }))
  const text = noise(150_000)
  for (const id of ['a', 'b']) await add(store, 'acme', [message(id, { text })])
  const stored = await store.getInteraction('acme', 'one')
  assert.ok(stored && stored.document.deflated.length > stored.document.length)
  const plain = inflateRawSync(stored.document.deflated, { finishFlush: 2 })
  assert.equal(plain.length, stored.document.length)
  const short = await store.writeInteractions('acme', [draft({ id: 'two', open: true, text })])
  assert.equal(short[0]?.outcome, 'created')
})
