import { interleave, type Subject } from '../measure/rounds.ts'
import { type Row, rowOf, type Table } from '../report/figures.ts'
import type { Bench } from './bench.ts'
import { deployFilled, type FilledDeployment } from './filled-store.ts'
import { BATCHES, conversationsOf, writing } from './ingest.ts'
import { findOnes, findPages, type One, type Page } from './requests.ts'
import { gzipOnes, gzipPages, plainPages, requestsFor, SHORT, unchangedPages } from './serving.ts'

const PER_PAGE = 50
/**
 * Bytes of a document, about, in stores of up to ten million: then these take 10 GB. The same for all sizes, so that
 * nothing but the size differs.
 */
const FILLED_BYTES = 1280
/** A store that is ten million times as large should cost hardly more. */
const SIZE_TARGET = 1.2

/** How figures grow with the store's size. */
export async function sizesTable(bench: Bench, sizes: number[]): Promise<Table> {
  const cases = sizes.map((size) => ({ label: `${size} stored`, size, bytes: FILLED_BYTES }))
  const rows = await compareAlike(bench, cases, SIZE_TARGET)
  return { title: 'The size of the store', note: 'Ratio: to the first size.', rows }
}

/** How figures grow with the number of accounts that share a store of one size. */
export async function accountsTable(bench: Bench, accounts: number[], size: number): Promise<Table> {
  const cases = accounts.map((count) => {
    return {
      label: `${count} ${count === 1 ? 'account' : 'accounts'}`,
      size,
      accounts: count,
      bytes: FILLED_BYTES,
    }
  })
  const rows = await compareAlike(bench, cases)
  return { title: `The number of accounts, ${size} stored`, note: 'Ratio: to the first number.', rows }
}

/** What several processes give and cost together. */
export async function workersTable(bench: Bench, workers: number[], size: number): Promise<Table> {
  const cases = workers.map((count, index) => {
    const label = `${count} ${count === 1 ? 'worker' : 'workers'}`
    return { label, size, workers: count, copy: index + 1 }
  })
  const note = 'CPU time of all processes together; the memory of the largest. Ratio: to the first number.'
  return { title: `Workers, ${size} stored`, note, rows: await compareAlike(bench, cases) }
}

type Case = Parameters<typeof deployFilled>[1]

interface Ready extends FilledDeployment {
  pages: Page[]
  ones: Omit<One, 'gzip'>[]
}

/** The same requests to servers on different stores, in alternating rounds. */
async function compareAlike(bench: Bench, cases: Case[], target?: number): Promise<Row[]> {
  await using stack = new AsyncDisposableStack()
  const all: Ready[] = []
  for (const each of cases) {
    const filled = stack.use(await deployFilled(bench, each))
    const stored = filled.filled
    const pages = await findPages(filled.deployment, stored, PER_PAGE)
    const { ones } = await findOnes(filled.deployment, stored)
    all.push({ ...filled, pages, ones })
  }
  const short = SHORT * bench.requests
  const over = (name: string, subject: (name: string, ready: Ready) => Subject, most?: number) =>
    rowsOver(bench, name, all, subject, most)
  return [
    ...(await over(
      'gzip page of 50',
      (name, { deployment, pages }) => gzipPages(name, deployment, pages, requestsFor(bench, pages)),
      target,
    )),
    ...(await over('plain page of 50', (name, { deployment, pages }) =>
      plainPages(name, deployment, pages, Math.ceil(requestsFor(bench, pages) / 2)),
    )),
    ...(await over('304', (name, { deployment, pages }) => unchangedPages(name, deployment, pages, short))),
    ...(await over('one by id', (name, { deployment, ones }) => gzipOnes(name, deployment, ones, short))),
    ...(await ingestRows(bench, all)),
  ]
}

async function rowsOver(
  bench: Bench,
  name: string,
  all: Ready[],
  subject: (name: string, ready: Ready) => Subject,
  target: number | undefined,
): Promise<Row[]> {
  bench.output.note(`${name}: ${all.map(({ label }) => label).join(', ')}`)
  const subjects = all.map((ready) => subject(`${name}, ${ready.label}`, ready))
  const figures = await interleave(subjects, { rounds: bench.rounds, warmUp: 1 })
  const first = figures[0]?.cpuMicroseconds
  return figures.map((figure, index) => {
    if (index === 0) return rowOf(figure, [], undefined)
    const goal = target === undefined ? undefined : figure.name
    return { ...rowOf(figure, [], first, target), goal }
  })
}

/** New conversations behind what is stored. */
async function ingestRows(bench: Bench, all: Ready[]): Promise<Row[]> {
  bench.output.note(`ingest: ${all.map(({ label }) => label).join(', ')}`)
  const share = Math.max(BATCHES.batch, Math.floor(bench.requests / 2))
  const subjects = all.map(({ label, filled, deployment, writable: account }) => {
    const conversations = conversationsOf(filled.corpus, filled.size, share * bench.rounds)
    return writing({ way: BATCHES, deployment, account }, conversations, share, `ingest in batches, ${label}`)
  })
  const figures = await interleave(subjects, { rounds: bench.rounds, warmUp: 0 })
  return figures.map((figure, index) =>
    rowOf(figure, [], index === 0 ? undefined : figures[0]?.cpuMicroseconds),
  )
}
