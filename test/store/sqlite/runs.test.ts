import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { deflateBlock } from '../../../src/interaction/block.ts'
import { plainDocument, plainPage } from '../../../src/interaction/page.ts'
import { comparePlaces } from '../../../src/interaction/place.ts'
import type { Draft } from '../../../src/interaction/serialise.ts'
import { connect } from '../../../src/store/sqlite/connect.ts'
import { decodeRun, type Run, wholeOf } from '../../../src/store/sqlite/interactions/run.ts'
import { MAX_RUN_BYTES, MAX_RUN_DOCUMENTS, runWrites } from '../../../src/store/sqlite/interactions/runs.ts'
import { draft, listedIds, NOON } from '../contract/drafts.ts'
import { openAcme } from './support.ts'

interface StoredRun extends Run {
  startedAt: number
  id: string
}

/** The runs of one account as they lie in the file. */
function runsIn(file: string, accountId: string): StoredRun[] {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = db
      .prepare('SELECT *, last_started_at AS startedAt, last_id AS id FROM runs WHERE account_id = ?')
      .all(accountId)
    return (rows as unknown as StoredRun[]).sort(comparePlaces)
  } finally {
    db.close()
  }
}

/** Fails unless the runs hold just these documents, in order, in rows that are what they say and no larger than they may be. */
function assertSound(runs: StoredRun[], expected: Draft[]): void {
  const all = runs.flatMap((run) => {
    const documents = decodeRun(run.body)
    const last = documents.at(-1)
    assert.deepEqual([run.count, run.startedAt, run.id], [documents.length, last?.startedAt, last?.id])
    assert.ok(documents.length >= 1 && documents.length <= MAX_RUN_DOCUMENTS)
    const bytes = documents.reduce((sum, { block }) => sum + block.deflated.length, 0)
    assert.ok(documents.length === 1 || bytes <= MAX_RUN_BYTES)
    const texts = documents.map(({ block }) => plainDocument(block).toString())
    const { _embedded } = JSON.parse(plainPage([wholeOf(run)], { self: 'http://localhost' }).toString())
    assert.deepEqual(_embedded.interactions, JSON.parse(`[${texts}]`))
    assert.equal(run.length, Buffer.byteLength(texts.join()))
    return documents.map(({ startedAt, id }, index) => ({ startedAt, id, json: texts[index] }))
  })
  assert.deepEqual(
    all,
    expected.toSorted(comparePlaces).map(({ startedAt, id, json }) => ({ startedAt, id, json })),
  )
}

const plain = (id: string, at: number, size = 10) =>
  draft({ id, at: NOON + at, text: randomBytes(size).toString('base64') })
const conversations = (count: number) => Array.from({ length: count }, (_, n) => plain(`i${n}`, n))

describe('runs', () => {
  it('are full where interactions come in order, in one batch or in many', async (t) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(5 * MAX_RUN_DOCUMENTS + 3)
    await store.writeInteractions('acme', drafts.slice(0, 40))
    for (const each of drafts.slice(40)) await store.writeInteractions('acme', [each])
    const runs = runsIn(file, 'acme')
    assert.deepEqual(
      runs.map(({ count }) => count),
      [...Array<number>(5).fill(MAX_RUN_DOCUMENTS), 3],
    )
    assertSound(runs, drafts)
  })

  it('hold half or more where interactions come in any order', async (t) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(300)
    // The same order in every run: 173 and 300 have no divisor in common.
    const shuffled = drafts.map((_, n) => drafts[(n * 173) % 300] as Draft)
    for (let from = 0; from < 300; from += 25) {
      await store.writeInteractions('acme', shuffled.slice(from, from + 25))
    }
    const runs = runsIn(file, 'acme')
    assertSound(runs, drafts)
    assert.ok(runs.length <= 300 / (MAX_RUN_DOCUMENTS / 2), `${runs.length} runs`)
  })

  it('hold large documents alone', async (t) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(6)
    drafts[2] = plain('i2', 2, MAX_RUN_BYTES)
    await store.writeInteractions('acme', drafts)
    assertSound(runsIn(file, 'acme'), drafts)
    // One that grows leaves its run, between its neighbours.
    drafts[4] = plain('i4', 4, 2 * MAX_RUN_BYTES)
    await store.writeInteractions('acme', [drafts[4]])
    const runs = runsIn(file, 'acme')
    assertSound(runs, drafts)
    assert.deepEqual(
      runs.map(({ count }) => count),
      [2, 1, 1, 1, 1],
    )
  })

  it('keep their order where the last of one grows', async (t) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(3 * MAX_RUN_DOCUMENTS)
    await store.writeInteractions('acme', drafts)
    const [last, later] = [MAX_RUN_DOCUMENTS - 1, 2 * MAX_RUN_DOCUMENTS + 1]
    drafts[last] = plain(`i${last}`, last, 2 * MAX_RUN_BYTES)
    drafts[later] = plain(`i${later}`, later, 20)
    await store.writeInteractions('acme', [drafts[last], drafts[later]])
    assertSound(runsIn(file, 'acme'), drafts)
  })

  it('lose what moves away, and go when they are empty', async (t) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(MAX_RUN_DOCUMENTS + 1)
    await store.writeInteractions('acme', drafts)
    const moved = drafts.map(({ id }, n) => plain(id, -1 - n))
    await store.writeInteractions('acme', moved.slice(MAX_RUN_DOCUMENTS))
    assert.equal(runsIn(file, 'acme').at(-1)?.id, `i${MAX_RUN_DOCUMENTS - 1}`)
    await store.writeInteractions('acme', moved)
    assertSound(runsIn(file, 'acme'), moved)
    assert.deepEqual(await listedIds(store, 'acme'), moved.map(({ id }) => id).toReversed())
  })

  it('are of one account each', async (t) => {
    const { store, file } = await openAcme(t)
    await store.createAccount({ accountId: 'other', name: 'Other', createdAt: 1 })
    const [mine, others] = [conversations(40), conversations(40)]
    for (const at of mine.keys()) {
      await Promise.all([
        store.writeInteractions('acme', [mine[at] as Draft]),
        store.writeInteractions('other', [others[at] as Draft]),
      ])
    }
    assertSound(runsIn(file, 'acme'), mine)
    assertSound(runsIn(file, 'other'), others)
  })

  it('are sound whatever is written, in whatever batches', async (t) => {
    const put = fc.record({
      id: fc.integer({ min: 0, max: 60 }),
      at: fc.integer({ min: 0, max: 40 }),
      size: fc.oneof({ weight: 9, arbitrary: fc.constant(20) }, fc.constantFrom(9_000, 40_000)),
      open: fc.boolean(),
    })
    const batches = fc.array(fc.array(put, { maxLength: 40 }), { maxLength: 12 })
    const { store, file } = await openAcme(t)
    let run = 0
    await fc.assert(
      fc.asyncProperty(batches, async (written) => {
        run += 1
        const accountId = `account-${run}`
        await store.createAccount({ accountId, name: accountId, createdAt: 1 })
        const model = new Map<string, Draft>()
        for (const batch of written) {
          const drafts = batch.map(({ id, at, size, open }) =>
            draft({ id: `i${id}`, at: NOON + at, open, text: randomBytes(size).toString('base64') }),
          )
          await store.writeInteractions(accountId, drafts)
          for (const each of drafts) {
            const reopens = model.get(each.id)?.endedAt !== undefined && each.endedAt === undefined
            if (!reopens) model.set(each.id, each)
          }
        }
        const ended = [...model.values()].filter(({ endedAt }) => endedAt !== undefined)
        assertSound(runsIn(file, accountId), ended)
      }),
      { numRuns: 60 },
    )
  })

  it('survive a write that fails half-way', async (t: TestContext) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(20)
    await store.writeInteractions('acme', drafts)
    const broken = { ...plain('x', 3), customerId: undefined } as unknown as Draft
    await assert.rejects(store.writeInteractions('acme', [plain('i3', 3), plain('y', 4), broken]))
    assertSound(runsIn(file, 'acme'), drafts)
    const more = plain('z', 5)
    await store.writeInteractions('acme', [more])
    assertSound(runsIn(file, 'acme'), [...drafts, more])
  })
})

describe('the runs of a transaction', () => {
  const block = deflateBlock(Buffer.from('{}'))
  const document = (at: number) => ({ startedAt: NOON + at, id: `i${at}`, block })

  it('hold again what they held where a part of it was rolled back', async (t) => {
    const { store, file } = await openAcme(t)
    await store.close()
    const db = connect(file, { queryOnly: false })
    const runs = runWrites(db)
    db.exec('BEGIN IMMEDIATE')
    for (const at of [0, 1, 2]) runs.put('acme', document(at))
    db.exec('SAVEPOINT operation')
    const before = runs.mark()
    // More than a run, so that some of it is written already.
    for (let at = 3; at < 3 * MAX_RUN_DOCUMENTS; at += 1) runs.put('acme', document(at))
    runs.remove('acme', document(1))
    db.exec('ROLLBACK TO operation; RELEASE operation')
    runs.restore(before)
    runs.put('acme', document(7))
    runs.flush()
    db.exec('COMMIT')
    db.close()
    const starts = runsIn(file, 'acme').map(({ body }) => decodeRun(body).map(({ id }) => id))
    assert.deepEqual(starts, [['i0', 'i1', 'i2', 'i7']])
  })

  it('are written once for all the writes that share a commit, and each is kept', async (t) => {
    const { store, file } = await openAcme(t)
    const drafts = conversations(5 * MAX_RUN_DOCUMENTS + 3)
    const shuffled = drafts.toSorted((a, b) => (a.json < b.json ? -1 : 1))
    const writes = shuffled.map((each) => store.writeInteractions('acme', [each]))
    // One that fails takes none of the others along.
    const failed = assert.rejects(store.writeInteractions('nobody', [plain('x', 1)]), /no account/)
    await Promise.all([...writes, failed])
    assertSound(runsIn(file, 'acme'), drafts)
  })
})
