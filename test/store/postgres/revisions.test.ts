import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStore } from '../../../src/store/open.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { assertRun, startChild } from '../sqlite/support.ts'
import { createDatabase } from './databases.ts'
import { holdAccount } from './hold.ts'

interface Told {
  accountId: string
  ids: string[]
  results: { outcome: string; revision: number }[]
}

const ACCOUNTS = ['one', 'two', 'three']
const PROCESSES = 4
const BATCHES = 60

test('processes that write to the same accounts leave 1…N, and who follows misses none', {
  timeout: 120_000,
}, async (t) => {
  const url = await createDatabase()
  const store = await openStore(url)
  t.after(() => store.close())
  for (const accountId of ACCOUNTS) await store.createAccount({ accountId, name: accountId, createdAt: 1 })
  const writers = Array.from({ length: PROCESSES }, (_, n) =>
    startChild(t, 'postgres-writer.ts', [url, `p${n}`, String(BATCHES), ...ACCOUNTS]),
  )
  // How far the accounts will get is not known before: batches may find what they write unchanged. At least so far.
  const least = (PROCESSES * BATCHES) / ACCOUNTS.length
  const followers = ACCOUNTS.map((accountId) =>
    startChild(t, 'postgres-follower.ts', [url, accountId, String(least)]),
  )
  await Promise.all([...writers, ...followers].map((child) => child.ready()))
  for (const child of [...writers, ...followers]) child.go()
  const told = (await Promise.all(writers.map((writer) => writer.rest()))).flat() as Told[]
  const followed = await Promise.all(followers.map((follower) => follower.next()))
  assert.equal(told.length, PROCESSES * BATCHES)

  for (const [index, accountId] of ACCOUNTS.entries()) {
    const written = told
      .filter((each) => each.accountId === accountId)
      .flatMap(({ ids, results }) => results.map((result, n) => ({ id: ids[n] as string, ...result })))
    const changes = written.filter(({ outcome }) => outcome === 'created' || outcome === 'updated')
    const last = await store.getRevision(accountId)
    assert.equal(changes.length, last)
    assertRun(
      changes.map(({ revision }) => revision),
      changes.length,
    )
    const lastOf = new Map<string, number>()
    for (const { id, revision } of changes) lastOf.set(id, Math.max(revision, lastOf.get(id) ?? 0))
    for (const [id, revision] of lastOf) {
      assert.equal((await store.getInteraction(accountId, id))?.revision, revision, `${accountId} ${id}`)
    }
    assertMissedNone(followed[index] as Followed, lastOf)
  }
})

interface Followed {
  seen: { id: string; revision: number }[]
  known: number[]
}

/**
 * What a follower saw ascends. Where an id is at a revision that it had passed in the end, it has seen that one: an
 * earlier one may be gone by the time it looks, since the id came again later.
 */
function assertMissedNone({ seen, known }: Followed, lastOf: Map<string, number>): void {
  const revisions = seen.map(({ revision }) => revision)
  assert.deepEqual(
    revisions,
    [...new Set(revisions)].sort((a, b) => a - b),
  )
  assert.deepEqual(
    known,
    known.toSorted((a, b) => a - b),
  )
  const reached = revisions.at(-1) ?? 0
  const byRevision = new Map(seen.map(({ id, revision }) => [revision, id]))
  for (const [id, revision] of lastOf) {
    if (revision <= reached) assert.equal(byRevision.get(revision), id, `revision ${revision} was missed`)
  }
}

test('accounts do not wait for each other', { timeout: 60_000 }, async (t) => {
  const url = await createDatabase()
  const store = await openStore(url)
  t.after(() => store.close())
  for (const accountId of ['held', 'free']) {
    await store.createAccount({ accountId, name: accountId, createdAt: 1 })
  }
  const release = await holdAccount(url, 'held')
  let answered = false
  const held = store.writeInteractions('held', [plainDraft('a')]).then((results) => {
    answered = true
    return results
  })
  // Far more than the pool has connections: none of them may be taken by who waits.
  await Promise.all(
    Array.from({ length: 30 }, (_, n) => store.writeInteractions('free', [plainDraft(`i${n}`)])),
  )
  const more = Array.from({ length: 30 }, (_, n) => store.writeInteractions('held', [plainDraft(`i${n}`)]))
  assert.equal((await store.getStanding('held', 'x'))?.revision, 0)
  assert.equal(answered, false)
  await release()
  assert.deepEqual(await held, [{ outcome: 'created', revision: 1 }])
  await Promise.all(more)
  assert.equal(await store.getRevision('held'), 31)
  assert.equal(await store.getRevision('free'), 30)
})
