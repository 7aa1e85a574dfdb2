import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitLines } from '../../src/formats/ndjson.ts'
import type { Record } from '../../src/formats/record.ts'
import { ingest, NOTHING_YET } from '../../src/ingest/ingest.ts'
import type { ImportState, Store } from '../../src/store/store.ts'
import { interaction, without } from '../interaction/samples.ts'
import { storedText, storeOfSuite } from './open-store.ts'

const SOURCE = 'file.ndjson'

interface Target {
  store: Store
  account: string
}

/** Line 250, 500, … is no interaction; line 700 opens again what line 1 ended. */
function lineOf(place: number): string {
  if (place % 250 === 0) return '{"id":'
  if (place === 700) return JSON.stringify(without(interaction({ id: 'i1' }), 'ended_at'))
  return JSON.stringify(interaction({ id: `i${place}` }))
}

/** Lines up to `last`; then the input breaks where `breaks`. */
async function* input(last: number, breaks: boolean): AsyncGenerator<Uint8Array> {
  for (let place = 1; place <= last; place += 1) yield Buffer.from(`${lineOf(place)}\n`)
  if (breaks) throw new Error('the input broke')
}

async function run(
  { store, account }: Target,
  records: AsyncIterable<Record[]>,
  rejected: number[],
): Promise<ImportState> {
  const state = (await store.getImport(account, SOURCE)) ?? NOTHING_YET
  const onRejected = ({ place }: { place: number }) => rejected.push(place)
  return ingest(store, account, records, {
    keepUnknownValues: false,
    onRejected,
    resume: { source: SOURCE, state },
  })
}

const LINES = 1300
const REJECTED = [250, 500, 700, 750, 1000, 1250]
const TOTALS = {
  place: LINES,
  created: LINES - REJECTED.length,
  updated: 0,
  unchanged: 0,
  rejected: REJECTED.length,
}

describe('an import that was interrupted', () => {
  const freshAccount = storeOfSuite()

  it('keeps what was committed, and tells as much, before its failure is heard of', async () => {
    const target = await freshAccount()
    const { store, account } = target
    const rejected: number[] = []
    await assert.rejects(run(target, splitLines(input(620, true)), rejected), /the input broke/)
    // 500 lines, with the two among them that are no documents.
    assert.deepEqual(await store.getImport(account, SOURCE), {
      place: 500,
      created: 498,
      updated: 0,
      unchanged: 0,
      rejected: 2,
    })
    assert.deepEqual(rejected, [250, 500])
    assert.equal(await store.getRevision(account), 498)
    assert.equal(await storedText(store, account, 'i501'), undefined)
  })

  for (const breaks of [[3], [502], [1100, 1101, 1250], [10, 600, 600, 1299]]) {
    it(`at line ${breaks.join(', ')} goes on where it was: totals right, nothing twice`, async () => {
      const target = await freshAccount()
      const { store, account } = target
      const rejected: number[] = []
      for (const last of breaks) await assert.rejects(run(target, splitLines(input(last, true)), rejected))
      assert.deepEqual(await run(target, splitLines(input(LINES, false)), rejected), TOTALS)
      assert.deepEqual(rejected, REJECTED)
      assert.deepEqual(await store.getImport(account, SOURCE), TOTALS)
      assert.equal(await store.getRevision(account), TOTALS.created)
      for (const place of [1, 502, 503, 701, LINES]) {
        assert.equal(await storedText(store, account, `i${place}`), lineOf(place))
      }
    })
  }

  it('and was finished is not done again', async () => {
    const target = await freshAccount()
    const { store, account } = target
    const rejected: number[] = []
    await run(target, splitLines(input(LINES, false)), rejected)
    assert.deepEqual(await run(target, splitLines(input(LINES, false)), rejected), TOTALS)
    assert.deepEqual(rejected, REJECTED)
    await store.endImport(account, SOURCE)
    assert.equal(await store.getImport(account, SOURCE), undefined)
  })

  it('does not touch the state of another input', async () => {
    const target = await freshAccount()
    const { store, account } = target
    await run(target, splitLines(input(5, false)), [])
    assert.equal(await store.getImport(account, 'other.ndjson'), undefined)
  })
})

describe('an import whose store fails', () => {
  const freshAccount = storeOfSuite()

  it('is told so, and nothing of the failed batch is counted', async () => {
    const target = await freshAccount()
    const { store } = target
    async function* closing(): AsyncGenerator<Record[]> {
      yield* splitLines(input(600, false))
      await store.close()
      yield* splitLines(input(600, false))
    }
    const rejected: number[] = []
    await assert.rejects(run(target, closing(), rejected))
    assert.deepEqual(rejected, [250, 500])
  })
})
