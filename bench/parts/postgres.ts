import assert from 'node:assert/strict'
import { migratePostgres } from '../../src/store/postgres/store.ts'
import { runOn } from '../../test/store/postgres/server.ts'
import { accountId } from '../corpus/accounts.ts'
import { Corpus } from '../corpus/corpus.ts'
import { type Deployment, deployOn } from '../measure/deployment.ts'
import { fetchRaw } from '../measure/load.ts'
import { type Postgres, startPostgres } from '../measure/postgres.ts'
import { type Server, startServer } from '../measure/process.ts'
import type { Row, Table } from '../report/figures.ts'
import { type Bench, LIMIT_PEER } from './bench.ts'
import { OTHERWISE, STREAM } from './ingest.ts'
import { type PostgresIngest, postgresIngestRow } from './postgres-ingest.ts'
import { fetchedPage, peerPath, readRows } from './postgres-reads.ts'
import { writersTable } from './postgres-writers.ts'
import { findOnes, findPages, type Page } from './requests.ts'

/** Bytes of a document, about, of which fifty make a page of 416 KB; and the most that are stored. */
const LARGE_BYTES = 8192
const MOST_LARGE = 5000
/**
 * So many times as many are written as pages are read of: a round of few batches would measure how the first one is read and
 * the last one written, each alone, and not what a stream takes.
 */
const MORE_WRITTEN = 8

/** What a part of this measurement works with. */
export interface Postgreses {
  bench: Bench
  postgres: Postgres
  /** Ours, on a database of its own. */
  deployment: Deployment
  url: string
  /** What one would write by hand, on another database of the same server. */
  peer: Server
}

/** The store on PostgreSQL, beside what the bare client costs and what one would write by hand; CPU time of all processes. */
export async function postgresTables(bench: Bench, size: number): Promise<Table[]> {
  bench.output.note('PostgreSQL: starting a server')
  await using postgres = await startPostgres()
  const [url, peerUrl] = [await postgres.createDatabase('parlance'), await postgres.createDatabase('peer')]
  await migratePostgres(url, {}, () => {})
  await using stack = new AsyncDisposableStack()
  const accounts = [0, 1, 2, 3].map(accountId)
  const deployment = await deployOn(url, accounts)
  stack.defer(deployment.stop)
  const peer = await startServer(LIMIT_PEER, ['PORT', peerUrl])
  stack.defer(peer.stop)
  const all: Postgreses = { bench, postgres, deployment, url, peer }
  const vacuum = async () => {
    for (const each of [url, peerUrl]) await runOn(each, 'VACUUM ANALYZE')
  }
  return [
    await usualDocuments(all, size, vacuum),
    await largeDocuments(all, Math.min(size, MOST_LARGE), vacuum),
    await writersTable(all, size),
  ]
}

async function usualDocuments(all: Postgreses, size: number, vacuum: () => Promise<void>): Promise<Table> {
  const { bench } = all
  const corpus = new Corpus({ seed: bench.seed, size })
  const count = Math.floor(size / bench.rounds) * bench.rounds
  const account = accountId(0)
  const rows = await ingestRows(all, { account, corpus, count, suffix: '' }, accountId(2))
  await vacuum()
  const reader = { ...all.deployment, accounts: [account] }
  const pages = await findPages(reader, { corpus, size: count, accounts: 1 }, 50)
  const ones = await findOnes(reader, { corpus, size: count, accounts: 1 })
  await servesTheSame(all, pages)
  rows.push(...(await readRows(all, { pages, ones, suffix: '' })))
  return {
    title: `PostgreSQL, ${count} conversations of ${kilobytes(corpus, count)} KB`,
    note: noteOf(all),
    rows,
  }
}

async function largeDocuments(all: Postgreses, size: number, vacuum: () => Promise<void>): Promise<Table> {
  const { bench } = all
  const corpus = new Corpus({ seed: bench.seed, size, bytes: LARGE_BYTES })
  const count = Math.floor(size / bench.rounds) * bench.rounds
  const account = accountId(1)
  const suffix = `, documents of ${LARGE_BYTES / 1024} KB`
  const rows = await ingestRows(all, { account, corpus, count, suffix }, accountId(3))
  await vacuum()
  const reader = { ...all.deployment, accounts: [account] }
  const pages = await findPages(reader, { corpus, size: count, accounts: 1 }, 50)
  await servesTheSame(all, pages)
  rows.push(...(await readRows(all, { pages, suffix })))
  return {
    title: `PostgreSQL, ${count} conversations of ${kilobytes(corpus, count)} KB`,
    note: noteOf(all),
    rows,
  }
}

/** Written as they are kept, and otherwise: that to an account of its own, which nobody reads. */
async function ingestRows(
  all: Postgreses,
  options: Omit<PostgresIngest, 'way'>,
  other: string,
): Promise<Row[]> {
  const more = { ...options, count: MORE_WRITTEN * options.count }
  return [
    await postgresIngestRow(all, { ...more, way: STREAM }),
    await postgresIngestRow(all, { ...more, way: OTHERWISE, account: other }),
  ]
}

/** A peer that served something else would be no comparison. */
async function servesTheSame({ peer }: Postgreses, pages: Page[]): Promise<void> {
  for (const page of [pages[0], pages.at(-1)] as Page[]) {
    const { body } = await fetchRaw(peer.url, { path: peerPath(fetchedPage(page)) })
    assert.deepEqual(
      JSON.parse(body.toString())._embedded.interactions,
      JSON.parse(page.plain.toString())._embedded.interactions,
    )
  }
}

function kilobytes(corpus: Corpus, count: number): string {
  return (corpus.meanBytes(count) / 1000).toFixed(1)
}

function noteOf({ postgres }: Postgreses): string {
  return `${postgres.version}. CPU time of all processes together. Ratio: for pages and one by id, CPU time to that of Fastify with pg; for ingest, its conversations a second to ours.`
}
