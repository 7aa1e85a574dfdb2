import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { accountId, ownedByFirst, ownerOf } from '../../bench/corpus/accounts.ts'
import { Corpus, type CorpusOptions } from '../../bench/corpus/corpus.ts'
import { fill } from '../../bench/corpus/fill.ts'
import { undoWrites } from '../../bench/corpus/undo.ts'
import { readInteraction } from '../../src/interaction/document.ts'
import { gzipPage, plainDocument } from '../../src/interaction/page.ts'
import type { Draft } from '../../src/interaction/serialise.ts'
import type { Store } from '../../src/store/store.ts'
import { ALWAYS } from '../store/contract/drafts.ts'
import { openFile, storeFile } from '../store/sqlite/support.ts'

/** The documents from one index to another as the server would take them in, by account. */
function draftsOf(corpus: Corpus, from: number, to: number, accounts: number): Map<string, Draft[]> {
  const drafts = new Map<string, Draft[]>()
  for (let index = from; index < to; index += 1) {
    const value = JSON.parse(corpus.json(index))
    const reading = readInteraction(value, { keepUnknownValues: false, lossless: () => value })
    assert.ok(reading.ok)
    const account = accountId(ownerOf(index, accounts))
    drafts.set(account, [...(drafts.get(account) ?? []), reading.draft])
  }
  return drafts
}

/** Everything that an account's listing says, document by document with its revision and as pages of 7. */
async function toldBy(store: Store, account: string, ids: string[]) {
  const pages: string[] = []
  for (let after: { startedAt: number; id: string } | undefined; ; ) {
    const listing = await store.listInteractions(account, { window: ALWAYS, after, limit: 7, maxBytes: 1e9 })
    // Inflating checks the CRC-32 and the length, too.
    pages.push(gunzipSync(gzipPage(listing.blocks, { self: 'x' })).toString())
    after = listing.next
    if (after === undefined) break
  }
  const documents = await Promise.all(
    ids.map(async (id) => {
      const stored = await store.getInteraction(account, id)
      return stored && [stored.revision, stored.ended, plainDocument(stored.document).toString()]
    }),
  )
  return { pages, documents, revision: await store.getRevision(account) }
}

/** Sixteen of these are never too many bytes for a run. */
const SMALL = 1280

/** The runs of a store, besides their bytes: a head that is not compressed makes them a little longer. */
function runsOf(file: string) {
  const db = new DatabaseSync(file, { readOnly: true })
  const runs = db.prepare('SELECT last_started_at, last_id, count, crc, length FROM runs ORDER BY 1, 2').all()
  db.close()
  return runs
}

const cases: (Omit<CorpusOptions, 'seed'> & { accounts: number })[] = [
  { size: 100, accounts: 1 },
  { size: 100, accounts: 1, bytes: SMALL },
  { size: 150, accounts: 30 },
  // Fewer than sixteen of these fill a run, and of those one alone.
  { size: 20, accounts: 1, bytes: 32 * 1024 },
  { size: 4, accounts: 1, bytes: 256 * 1024 },
]

for (const { size, accounts, bytes } of cases) {
  test(`a filled store reads as one that was written: ${size}, ${accounts}, ${bytes}`, async (t) => {
    const corpus = new Corpus({ seed: 'a-test', size, bytes })
    const file = await storeFile(t)
    await fill({ file, corpus, size, accounts })
    const filled = await openFile(t, file)
    const other = await storeFile(t)
    const written = await openFile(t, other)
    const first = draftsOf(corpus, 0, size, accounts)
    assert.equal(first.size, accounts)
    assert.equal(first.get(accountId(0))?.length, ownedByFirst(size, accounts))
    for (const [account, drafts] of first) {
      await written.createAccount({ accountId: account, name: account, createdAt: 0 })
      await written.writeInteractions(account, drafts)
    }
    const compare = async () => {
      for (const [account, drafts] of first) {
        const ids = drafts.map(({ id }) => id)
        assert.deepEqual(await toldBy(filled, account, ids), await toldBy(written, account, ids))
        for (const { id, json } of drafts) {
          const stored = await filled.getInteraction(account, id)
          assert.equal(stored && plainDocument(stored.document).toString(), json)
        }
      }
    }
    await compare()
    if (bytes === SMALL) assert.deepEqual(runsOf(file), runsOf(other))
    // The same again changes nothing, so hashes are right, too; and what comes next is written behind it.
    for (const [account, drafts] of first) {
      const again = await filled.writeInteractions(account, drafts)
      assert.deepEqual(new Set(again.map(({ outcome }) => outcome)), new Set(['unchanged']))
    }
    for (const [account, drafts] of draftsOf(corpus, size, size + 40, accounts)) {
      for (const store of [filled, written]) await store.writeInteractions(account, drafts)
    }
    await compare()
  })
}

test('what was written behind a filled store can be taken out again', async (t) => {
  const corpus = new Corpus({ seed: 'a-test', size: 120 })
  const file = await storeFile(t)
  await fill({ file, corpus, size: 100, accounts: 1 })
  const rows = () => {
    const db = new DatabaseSync(file, { readOnly: true })
    const all = ['accounts', 'interactions', 'runs'].map((table) => {
      return db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()
    })
    db.close()
    return all
  }
  const before = rows()
  const undo = undoWrites(file, accountId(0), 100)
  const store = await openFile(t, file)
  const drafts = [...draftsOf(corpus, 100, 120, 1).values()].flat()
  await store.writeInteractions(accountId(0), drafts)
  assert.notDeepEqual(rows(), before)
  assert.throws(() => undoWrites(file, accountId(0), 100), /interrupted/)
  await store.close()
  undo()
  assert.deepEqual(rows(), before)
})

test('documents depend on the seed and their index alone', () => {
  const of = (seed: string, size: number) => new Corpus({ seed, size }).json(17)
  assert.equal(of('one', 20), of('one', 20))
  assert.equal(of('one', 20), of('one', 40))
  assert.notEqual(of('one', 20), of('other', 20))
})

test('no two documents share an id or a start', () => {
  const corpus = new Corpus({ seed: 'a-test', size: 10 })
  const documents = Array.from({ length: 5000 }, (_, index) => corpus.document(index))
  assert.equal(new Set(documents.map(({ id }) => id)).size, 5000)
  assert.ok(documents.every(({ startedAt }, index) => startedAt > (documents[index - 1]?.startedAt ?? 0)))
})

test('documents have about the size that was asked for', () => {
  for (const bytes of [1024, 4096, 64 * 1024]) {
    const mean = new Corpus({ seed: 'a-test', size: 10, bytes }).meanBytes(10)
    assert.ok(mean > bytes * 0.6 && mean < bytes * 1.2, `${mean} for ${bytes}`)
  }
})
