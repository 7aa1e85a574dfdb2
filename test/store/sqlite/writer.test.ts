import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { assertRun, openAcme, revisionsOf } from './support.ts'

test('many writes at once share few transactions', async (t) => {
  const { store, file } = await openAcme(t)
  const before = commitsIn(file)
  await Promise.all(Array.from({ length: 200 }, (_, n) => store.setSetting(`s${n}`, 'value')))
  const commits = commitsIn(file) - before
  assert.ok(commits > 0 && commits <= 50, `${commits} transactions for 200 writes`)
})

test('a write that fails costs the others of its transaction nothing', async (t) => {
  const { store, file } = await openAcme(t)
  const before = commitsIn(file)
  const writes = Array.from({ length: 100 }, (_, n) =>
    // An unknown account fails before anything is written; a document without a customer after its neighbour.
    n % 10 === 3
      ? store.writeInteractions('nobody', [plainDraft(`i${n}`)])
      : n % 10 === 7
        ? store.writeInteractions('acme', [
            plainDraft(`i${n}`),
            { ...plainDraft('x'), customerId: null as never },
          ])
        : store.writeInteractions('acme', [plainDraft(`i${n}`)]),
  )
  const outcomes = (await Promise.allSettled(writes)).map(({ status }) => status)
  const expected = writes.map((_, n) => (n % 10 === 3 || n % 10 === 7 ? 'rejected' : 'fulfilled'))
  assert.deepEqual(outcomes, expected)
  assert.ok(commitsIn(file) - before <= 50)
  const stored = await revisionsOf(store, 'acme')
  assert.deepEqual(
    [...stored.keys()].sort(),
    expected.flatMap((outcome, n) => (outcome === 'fulfilled' ? [`i${n}`] : [])).sort(),
  )
  assertRun(stored.values(), 80)
  assert.equal(await store.getRevision('acme'), 80)
})

test('large writes do not pile up in one transaction', async (t) => {
  const { store, file } = await openAcme(t)
  const before = commitsIn(file)
  const writes = Array.from({ length: 30 }, (_, n) =>
    store.writeInteractions('acme', [plainDraft(`i${n}`, 'x'.repeat(1024 * 1024))]),
  )
  await Promise.all(writes)
  const commits = commitsIn(file) - before
  assert.ok(commits >= 7, `${commits} transactions for 30 MiB`)
})

test('a writer thread that dies fails the writes that wait for it, and the next write has another', {
  timeout: 20_000,
}, async (t) => {
  const threads = watchThreads(t)
  const { store } = await openAcme(t)
  const drafts = (n: number) => Array.from({ length: 100 }, (_, i) => plainDraft(`${n}-${i}`))
  const writes = Array.from({ length: 60 }, (_, n) => store.writeInteractions('acme', drafts(n)))
  await writes[0]
  await threads[0]?.terminate()
  const outcomes = await Promise.allSettled(writes)
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected')
  assert.notEqual(failures.length, 0)
  for (const { reason } of failures) assert.ok(reason instanceof StoreUnavailable, String(reason))

  await store.writeInteractions('acme', [plainDraft('next')])
  assert.equal(threads.length, 2)
  const stored = await revisionsOf(store, 'acme')
  outcomes.forEach((outcome, n) => {
    if (outcome.status === 'fulfilled') assert.ok(stored.has(`${n}-0`) && stored.has(`${n}-99`))
  })
  assertRun(stored.values(), stored.size)
  assert.equal(stored.size % 100, 1, 'every batch is there as a whole or not at all')
})

test('something that cannot be sent to the writer fails alone', { timeout: 20_000 }, async (t) => {
  const { store } = await openAcme(t)
  const notText = (() => 'value') as unknown as string
  await assert.rejects(store.setSetting('name', notText), { name: 'DataCloneError' })
  await store.setSetting('name', 'text')
  await store.close()
})

/** The threads that are started from now on. */
function watchThreads(t: TestContext): Worker[] {
  const threads: Worker[] = []
  const note = (thread: Worker) => threads.push(thread)
  process.on('worker', note)
  t.after(() => process.off('worker', note))
  return threads
}

/**
 * Counts the transactions in the write-ahead log (https://sqlite.org/fileformat2.html#walformat): the frames
 * that tell the size of the database after a commit. It holds as long as the log has not begun anew.
 */
function commitsIn(file: string): number {
  const log = readFileSync(`${file}-wal`)
  const frameSize = 24 + log.readUInt32BE(8)
  const salt = log.subarray(16, 24)
  let commits = 0
  for (let at = 32; at + frameSize <= log.length; at += frameSize) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break
    if (log.readUInt32BE(at + 4) !== 0) commits += 1
  }
  return commits
}
