import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type Keyring, openKeyring, rotateCursorKey, rotateSigningKey } from '../../src/auth/keyring.ts'
import { newKey } from '../../src/auth/keys.ts'
import { openCursor, sealCursor } from '../../src/interaction/cursor.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestStore, storeFile } from './support.ts'

const NOW = Date.UTC(2024, 0, 1)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MASTER_KEY = new Uint8Array(randomBytes(32))

/** A clock that moves when the test says so. */
function clockAt(start: number) {
  let now = start
  const clock = () => now
  clock.advance = (milliseconds: number) => {
    now += milliseconds
  }
  return clock
}

const signingIdsOf = (ring: Keyring, at: number) => ring.signingKeys(at).map(({ keyId }) => keyId)

test('a rotated signing key signs at once; the one before verifies until the overlap is over', async (t) => {
  const store = await openTestStore(t)
  const ring = await openKeyring(store, MASTER_KEY, () => NOW)
  const old = ring.signingKey().keyId
  const next = await rotateSigningKey(store, MASTER_KEY, { now: NOW, overlapMs: 10 * MINUTE })
  await ring.refresh()
  assert.notEqual(next, old)
  assert.equal(ring.signingKey().keyId, next)
  // A minute for all processes to notice, then the overlap.
  assert.deepEqual(signingIdsOf(ring, NOW + 11 * MINUTE - 1), [next, old])
  assert.deepEqual(signingIdsOf(ring, NOW + 11 * MINUTE), [next])
  assert.equal(ring.verificationKey(old, NOW + 11 * MINUTE), undefined)
  assert.deepEqual(
    ring.publicJwks(NOW + 11 * MINUTE).keys.map(({ kid }) => kid),
    [next],
  )
})

test('the overlap is a day unless told otherwise, and never shorter than a token lives', async (t) => {
  const store = await openTestStore(t)
  const ring = await openKeyring(store, undefined, () => NOW)
  const old = ring.signingKey().keyId
  for (const overlapMs of [10 * MINUTE - 1, 0, -1, Number.NaN]) {
    await assert.rejects(rotateSigningKey(store, undefined, { now: NOW, overlapMs }), RangeError)
  }
  await rotateSigningKey(store, undefined, { now: NOW })
  await ring.refresh()
  assert.ok(ring.verificationKey(old, NOW + 24 * HOUR))
  assert.equal(ring.verificationKey(old, NOW + 24 * HOUR + MINUTE), undefined)
})

test('the newest key is the one in use, also where the clock that made it was behind', async (t) => {
  const store = await openTestStore(t)
  const ring = await openKeyring(store, undefined, () => NOW)
  const next = await rotateSigningKey(store, undefined, { now: NOW - HOUR })
  const cursorKeys = ring.cursorKeys()
  await rotateCursorKey(store, undefined, { now: NOW - HOUR })
  await ring.refresh()
  assert.equal(ring.signingKey().keyId, next)
  assert.notDeepEqual(ring.cursorKeys().all.at(-1), cursorKeys.current)
})

test('a rotated cursor key opens at once and seals once every process knows it; old ones open for ever', async (t) => {
  const store = await openTestStore(t)
  const clock = clockAt(NOW)
  const ring = await openKeyring(store, undefined, clock)
  const place = Buffer.from('a place')
  const old = sealCursor(ring.cursorKeys(), 'listing', 'acme', place)
  await rotateCursorKey(store, undefined, { now: NOW })
  await ring.refresh()
  assert.equal(ring.cursorKeys().all.length, 2)
  assert.equal(sealCursor(ring.cursorKeys(), 'listing', 'acme', place), old)
  // It was made a millisecond after the first, so that it is the newest; and then comes the minute.
  clock.advance(MINUTE)
  assert.equal(sealCursor(ring.cursorKeys(), 'listing', 'acme', place), old)
  clock.advance(1)
  const next = sealCursor(ring.cursorKeys(), 'listing', 'acme', place)
  assert.notEqual(next, old)
  clock.advance(10_000 * HOUR)
  for (const cursor of [old, next]) {
    assert.deepEqual(openCursor(ring.cursorKeys(), 'listing', 'acme', cursor), place)
  }
})

test('another process notices a rotation within ten seconds of use', async (t) => {
  const file = await storeFile(t)
  const clock = clockAt(NOW)
  const ring = await openKeyring(await openTestStore(t, file), undefined, clock)
  const old = ring.signingKey().keyId
  const next = await rotateSigningKey(await openTestStore(t, file), undefined, { now: NOW })
  clock.advance(9999)
  await ring.keepFresh()
  assert.equal(ring.signingKey().keyId, old)
  clock.advance(1)
  await ring.keepFresh()
  assert.equal(ring.signingKey().keyId, next)
})

test('a token under a key that this process does not know yet makes it look at once', async (t) => {
  const file = await storeFile(t)
  const ring = await openKeyring(await openTestStore(t, file), undefined)
  const otherStore = await openTestStore(t, file)
  await rotateSigningKey(otherStore, undefined, { now: Date.now() })
  const other = await openKeyring(otherStore, undefined)
  const { keyId } = other.signingKey()
  const found = await ring.findVerificationKey(keyId, Date.now())
  assert.equal(found?.keyId, keyId)
})

/** The same store, with a function that is called at every reading of the keys; it answers once that resolves. */
function watchKeys(store: Store, atReading: () => unknown): Store {
  return {
    ...store,
    listKeys: async () => {
      const held = atReading()
      const keys = await store.listKeys()
      await held
      return keys
    },
  }
}

test('a slow reading of the keys does not undo a later one', async (t) => {
  const store = await openTestStore(t)
  let hold: Promise<void> | undefined
  const ring = await openKeyring(
    watchKeys(store, () => hold),
    undefined,
    () => NOW,
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  hold = promise
  const slow = ring.refresh()
  hold = undefined
  const next = await rotateSigningKey(store, undefined, { now: NOW })
  await ring.refresh()
  resolve()
  await slow
  assert.equal(ring.signingKey().keyId, next)
})

test('of two rotations at the same moment the later one signs, and it is not about to retire', async (t) => {
  const store = await openTestStore(t)
  await openKeyring(store, undefined, () => NOW)
  for (const letter of ['z', 'a']) {
    const key = await newKey('signing', undefined, NOW + 1)
    await store.rotateKey({ ...key, keyId: letter.repeat(16) }, NOW + HOUR)
  }
  const ring = await openKeyring(store, undefined, () => NOW)
  assert.equal(ring.signingKey().keyId, 'a'.repeat(16))
  assert.deepEqual(signingIdsOf(ring, NOW + HOUR), ['a'.repeat(16)])
  assert.equal(signingIdsOf(ring, NOW).length, 3)
})

test('looks for unknown key ids share one look a second, and each begins after it was asked for', async (t) => {
  const store = await openTestStore(t)
  let reads = 0
  const counting = watchKeys(store, () => reads++)
  const clock = clockAt(NOW)
  const ring = await openKeyring(counting, undefined, clock)
  reads = 0
  assert.equal(await ring.findVerificationKey('unknown', NOW), undefined)
  assert.equal(reads, 1)
  const waiting = ring.findVerificationKey('another', NOW)
  // Promises settle, no timer fires: what does not wait has read by then.
  for (let turn = 0; turn < 100; turn++) await null
  assert.equal(reads, 1)
  await waiting
  assert.equal(reads, 2)
  clock.advance(999)
  const next = await rotateSigningKey(store, undefined, { now: NOW })
  const asked = [next, ...Array.from({ length: 50 }, (_, index) => `unknown-${index}`)]
  const found = await Promise.all(asked.map((keyId) => ring.findVerificationKey(keyId, NOW)))
  assert.equal(found[0]?.keyId, next, 'a new key is found, however soon after a search')
  assert.equal(reads, 3)
  await ring.findVerificationKey(next, NOW)
  assert.equal(reads, 3, 'a known one needs no look')
})
