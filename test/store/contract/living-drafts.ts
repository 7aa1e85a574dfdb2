import assert from 'node:assert/strict'
import { readPatches } from '../../../src/interaction/patch.ts'
import type { Addition, AdditionResult } from '../../../src/store/addition.ts'
import type { Erasure, ErasureTarget } from '../../../src/store/erasure.ts'
import type { Store } from '../../../src/store/store.ts'
import { draft, jsonOf, listedIds, message, type Told, textsOf } from './drafts.ts'

/** Noon of the day after the conversations, in milliseconds since 1970. */
export const NOW = Date.UTC(2024, 2, 1, 12)

export function patchesOf(...messages: object[]): string[] {
  const reading = readPatches(messages, { keepUnknownValues: false, lossless: () => messages })
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.patches
}

/** Adds messages to `one`, or to another. */
export function add(
  store: Store,
  accountId: string,
  messages: object[],
  { id = 'one', ...more }: Partial<Addition> = {},
): Promise<AdditionResult> {
  const patches = patchesOf(...messages)
  return store.addMessages(accountId, { id, patches, keepUnknownValues: false, now: NOW, ...more })
}

/** How to open an interaction, as an addition says it. */
export function opening(given: Told = {}) {
  return draft({ ...given, open: true, messages: [] })
}

/** The document that an interaction with these messages has. */
export function documentWith(messages: object[], given: Told = {}): string {
  return draft({ ...given, messages }).json
}

export function numbered(count: number, prefix = 'm'): object[] {
  return Array.from({ length: count }, (_, n) => message(`${prefix}${n}`))
}

let erasures = 0

export function erase(store: Store, accountId: string, target: ErasureTarget, now = NOW) {
  erasures += 1
  return store.erase(accountId, { erasureId: `erasure-${erasures}`, target, clientId: 'officer', now })
}

/** Erases all that is still to be erased; gives how many interactions were. */
export async function finishErasing(store: Store, accountId: string, limit = 3): Promise<number> {
  let count = 0
  for (let bites = 0; ; bites += 1) {
    assert.ok(bites < 1000, 'an erasure does not end')
    const bite = await store.eraseMore(accountId, limit, NOW)
    assert.ok(bite.count <= limit)
    count += bite.count
    if (!bite.more) return count
  }
}

/** Fails unless the erasure was purged by a purge that began then: it is through some time later. */
export function assertPurged(erasure: Erasure | undefined, began: number): void {
  const at = erasure?.purgedAt ?? 0
  assert.ok(at >= began && at < began + 60_000, `${at} - ${began}`)
}

/** What a follower is told of the account, without documents. */
export async function changesOf(store: Store, accountId: string, after = 0, limit = 1000) {
  const told = await store.listChanges(accountId, { after, limit, maxBytes: Number.MAX_SAFE_INTEGER })
  return told.changes.map((change) => {
    if (change.kind === 'erased') return [change.revision, change.id, change.kind, change.reason]
    return [change.revision, change.id, change.kind]
  })
}

const EVERY = { from: Date.UTC(1900, 0, 1) * 1000, to: Date.UTC(2200, 0, 1) * 1000 }

export async function openTexts(store: Store, accountId: string, limit = 1000): Promise<string[]> {
  const query = { window: EVERY, limit, maxBytes: Number.MAX_SAFE_INTEGER }
  return textsOf(await store.listOpen(accountId, query))
}

/** Nothing of it can be seen. */
export async function assertHidden(store: Store, accountId: string, ids: string[]): Promise<void> {
  for (const id of ids) assert.equal(await jsonOf(store, accountId, id), undefined, id)
  const seen = await listedIds(store, accountId)
  assert.ok(!ids.some((id) => seen.includes(id)), `${seen}`)
  const open = (await openTexts(store, accountId)).map((text) => JSON.parse(text).id)
  assert.ok(!ids.some((id) => open.includes(id)), `${open}`)
  const told = (await changesOf(store, accountId)).filter(([, , kind]) => kind !== 'erased')
  assert.ok(!told.some(([, id]) => ids.includes(id as string)), JSON.stringify(told))
}
