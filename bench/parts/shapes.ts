import type { Row, Table } from '../report/figures.ts'
import type { Bench } from './bench.ts'
import { deployFilled } from './filled-store.ts'
import { ingestRow, STREAM } from './ingest.ts'
import { findOnes, findPages } from './requests.ts'
import { gzipRow, oneRow, plainRow } from './serving.ts'

const PER_PAGE = 50
/** Of each size of documents so many bytes are stored, and no more documents than of the usual size. */
const STORED_BYTES = 64 * 1024 * 1024

/** How figures grow with the size of documents, beside their limits. */
export async function documentsTable(bench: Bench, documents: number[], most: number): Promise<Table> {
  const rows: Row[] = []
  for (const bytes of documents) {
    const size = Math.max(bench.rounds, Math.min(most, Math.floor(STORED_BYTES / bytes)))
    const suffix = `, documents of ${sizeName(bytes)}`
    await using ready = await deployFilled(bench, { label: sizeName(bytes), size, bytes, writeApart: true })
    const { deployment, filled, writable: account } = ready
    const pages = await findPages(deployment, filled, PER_PAGE)
    rows.push(await gzipRow(bench, `gzip page of 50${suffix}`, deployment, pages))
    rows.push(await plainRow(bench, `plain page of 50${suffix}`, deployment, pages))
    const ones = await findOnes(deployment, filled)
    rows.push(await oneRow(bench, `one by id${suffix}`, deployment, ones))
    const { corpus } = filled
    rows.push(await ingestRow(bench, { way: STREAM, deployment, account, corpus, count: size, suffix }))
  }
  return { title: 'The size of documents', note: `${NOTE} A page has 4 MiB at most.`, rows }
}

/** How figures grow with the page, beside their limits. */
export async function pagesTable(bench: Bench, perPages: number[], size: number): Promise<Table> {
  const rows: Row[] = []
  await using ready = await deployFilled(bench, { label: 'pages', size })
  for (const perPage of perPages) {
    bench.output.note(`pages of ${perPage}`)
    const pages = await findPages(ready.deployment, ready.filled, perPage)
    rows.push(await gzipRow(bench, `gzip page of ${perPage}`, ready.deployment, pages))
    rows.push(await plainRow(bench, `plain page of ${perPage}`, ready.deployment, pages))
  }
  return { title: `The page, ${size} stored`, note: NOTE, rows }
}

const NOTE = 'Ratio: to the limit below, as in the usual table.'

function sizeName(bytes: number): string {
  if (bytes % 1024 ** 2 === 0) return `${bytes / 1024 ** 2} MB`
  return bytes % 1024 === 0 ? `${bytes / 1024} KB` : `${bytes} bytes`
}
