import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Corpus } from '../corpus/corpus.ts'
import type { InsertTask } from '../limits/insert.ts'
import type { Deployment } from '../measure/deployment.ts'
import { type Ask, load } from '../measure/load.ts'
import { startJob } from '../measure/process.ts'
import { done, interleave, type Subject } from '../measure/rounds.ts'
import { type Row, rowOf } from '../report/figures.ts'
import { type Bench, LIMIT_INSERT } from './bench.ts'

const TARGET = 2

/** A way of writing many conversations. */
export interface Way {
  name: string
  /** Requests at once. */
  connections: number
  /** Conversations that share a commit, here and in the limit. */
  batch: number
  /** The requests that write these conversations. */
  asks(conversations: Conversation[], headers: Record<string, string>): Ask[]
}

export interface Conversation {
  id: string
  line: string
}

export const STREAM: Way = {
  name: 'ingest, one stream of lines',
  connections: 1,
  batch: 500,
  asks: (conversations, headers) => [
    {
      ...post(headers, 'application/x-ndjson'),
      body: Buffer.from(conversations.map(({ line }) => `${line}\n`).join('')),
      check: createsAll(conversations.length),
    },
  ],
}

/** The same conversations with their properties in another order, which every sender may have its own of. */
export const OTHERWISE: Way = {
  ...STREAM,
  name: `${STREAM.name}, in another order`,
  asks: (conversations, headers) =>
    STREAM.asks(
      conversations.map(({ id, line }) => ({ id, line: reordered(line) })),
      headers,
    ),
}

export const BATCHES: Way = {
  name: 'ingest, JSON batches of 100, 8 at once',
  connections: 8,
  batch: 100,
  asks: (conversations, headers) =>
    batchesOf(conversations, 100).map((batch) => ({
      ...post(headers, 'application/json'),
      body: Buffer.from(`{"interactions":[${batch.map(({ line }) => line).join(',')}]}`),
      check: createsAll(batch.length),
    })),
}

export const PUTS: Way = {
  name: 'ingest, single PUTs, 16 at once',
  connections: 16,
  batch: 16,
  asks: (conversations, headers) =>
    conversations.map(({ id, line }) => ({
      method: 'PUT',
      path: `/v1/interactions/${id}`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: Buffer.from(line),
      status: 201,
    })),
}

export interface IngestOptions {
  way: Way
  deployment: Deployment
  account: string
  corpus: Corpus
  /** In all rounds together. */
  count: number
  /** What the row is called besides its way. */
  suffix?: string
}

/**
 * Writing new conversations over HTTP, validated, compressed, indexed and durable: beside parsing each once, deflating it
 * once and letting SQLite insert the result, durably, in batches of the same size.
 */
export async function ingestRow(bench: Bench, options: IngestOptions): Promise<Row> {
  const { way, corpus, count, account, suffix = '' } = options
  const conversations = conversationsOf(corpus, 0, count)
  const input = join(bench.folder, 'conversations.ndjson')
  writeFileSync(input, conversations.map(({ line }) => `${line}\n`).join(''))
  const database = join(bench.folder, `limit-${account}-${way.batch}-${corpus.meanBytes(1)}.db`)
  const job = startJob<InsertTask>(LIMIT_INSERT, [input, database])
  const share = Math.floor(count / bench.rounds)
  const limit = done('parse, deflate, SQLite insert', 'conversation', job, share, (round) => {
    return { from: round * share, to: (round + 1) * share, batch: way.batch }
  })
  try {
    // The first round counts as well: what it writes cannot be written again.
    const subjects = [writing(options, conversations, share, `${way.name}${suffix}`), limit]
    const [ours, theirs] = await interleave(subjects, { rounds: bench.rounds, warmUp: 0 })
    if (ours === undefined || theirs === undefined) throw new Error('nothing was measured')
    return rowOf(ours, [theirs], theirs.cpuMicroseconds, TARGET)
  } finally {
    await job.stop()
  }
}

/** Writes the next `share` of the conversations in each round. */
export function writing(
  { way, deployment, account }: Pick<IngestOptions, 'way' | 'deployment' | 'account'>,
  conversations: Conversation[],
  share: number,
  name: string,
): Subject {
  const { server } = deployment
  return {
    name,
    unit: 'conversation',
    server,
    async round(round) {
      const part = conversations.slice(round * share, (round + 1) * share)
      const asks = way.asks(part, await deployment.authorization(account))
      const before = server.cpu()
      const result = await load(server.url, asks, { count: asks.length, connections: way.connections })
      const { seconds, bytes, p50, p99 } = result
      const times = asks.length > 1 ? { p50, p99 } : {}
      return { units: share, seconds, bytes, ...times, cpu: server.cpu() - before }
    },
  }
}

/** Conversations of the corpus from an index on, one a line. */
export function conversationsOf(corpus: Corpus, from: number, count: number): Conversation[] {
  return Array.from({ length: count }, (_, index) => {
    return { id: corpus.document(from + index).id, line: corpus.json(from + index) }
  })
}

/** Every object of a text, its properties the other way round. */
function reordered(json: string): string {
  const turned = (_: string, value: unknown) =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).reverse())
  return JSON.stringify(JSON.parse(json), turned)
}

function post(headers: Record<string, string>, type: string) {
  return { method: 'POST', path: '/v1/interactions', headers: { ...headers, 'content-type': type } }
}

function createsAll(count: number): (text: string) => void {
  return (text) => {
    const { created } = JSON.parse(text) as { created?: number }
    if (created !== count)
      throw new Error(`${created} of ${count} conversations were created: ${text.slice(0, 500)}`)
  }
}

export function batchesOf<Item>(items: Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
