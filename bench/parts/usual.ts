import { join } from 'node:path'
import { accountId } from '../corpus/accounts.ts'
import { Corpus } from '../corpus/corpus.ts'
import { deploy } from '../measure/deployment.ts'
import type { Row, Table } from '../report/figures.ts'
import type { Bench } from './bench.ts'
import { BATCHES, ingestRow, OTHERWISE, PUTS, STREAM } from './ingest.ts'
import { findOnes, findPages } from './requests.ts'
import { gzipRow, oneRow, plainRow, unchangedRow } from './serving.ts'

const PER_PAGE = 50

/** The usual table: one process takes so many conversations in, as they come, and serves them. */
export async function usualTable(bench: Bench, size: number): Promise<Table> {
  const note = (text: string) => bench.output.note(`usual: ${text}`)
  note(`${size} conversations`)
  const corpus = new Corpus({ seed: bench.seed, size })
  // Rounds are of the same size, so some of the last conversations may be left over.
  const count = Math.floor(size / bench.rounds) * bench.rounds
  const ways = [STREAM, OTHERWISE, BATCHES, PUTS]
  const accounts = ways.map((_, index) => accountId(index))
  const deployment = await deploy(join(bench.folder, 'parlance.db'), accounts)
  try {
    const rows: Row[] = []
    for (const [index, way] of ways.entries()) {
      note(way.name)
      const account = accounts[index] as string
      // A commit for each sixteen: of these, half are enough.
      const some = way === PUTS ? Math.ceil(count / 2) : count
      const row = await ingestRow(bench, { way, deployment, account, corpus, count: some })
      rows.push({ ...row, goal: way.name })
    }
    const stored = { corpus, size: count, accounts: 1 }
    const reader = { ...deployment, accounts: [accountId(0)] }
    note('looking for pages')
    const pages = await findPages(reader, stored, PER_PAGE)
    const ones = await findOnes(reader, stored)
    note('gzip pages')
    rows.push({ ...(await gzipRow(bench, 'gzip page of 50', reader, pages)), goal: 'gzip page of 50' })
    note('plain pages')
    rows.push({ ...(await plainRow(bench, 'plain page of 50', reader, pages)), goal: 'plain page of 50' })
    note('304')
    rows.push(await unchangedRow(bench, 'page of 50, unchanged (304)', reader, pages))
    note('interactions by id')
    rows.push({ ...(await oneRow(bench, 'one by id, gzip', reader, ones)), goal: 'one by id, gzip' })
    const bytes = (corpus.meanBytes(count) / 1000).toFixed(1)
    return { title: `${count} conversations of ${bytes} KB`, note: NOTE, rows }
  } finally {
    await deployment.stop()
  }
}

const NOTE =
  'Ratio: CPU time of ours to that of the limit below it; for plain pages to inflating once and sending twice.'
