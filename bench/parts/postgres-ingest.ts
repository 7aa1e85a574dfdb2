import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Corpus } from '../corpus/corpus.ts'
import type { InsertTask } from '../limits/insert.ts'
import { load } from '../measure/load.ts'
import { withServer } from '../measure/postgres.ts'
import { startJob } from '../measure/process.ts'
import { done, interleave, type Subject } from '../measure/rounds.ts'
import type { Row } from '../report/figures.ts'
import { LIMIT_UNNEST } from './bench.ts'
import { batchesOf, type Conversation, conversationsOf, type Way, writing } from './ingest.ts'
import type { Postgreses } from './postgres.ts'

/** The peer's conversations a second should be at most a quarter of ours. */
const RATE_TARGET = 0.25

export interface PostgresIngest {
  way: Way
  account: string
  corpus: Corpus
  /** In all rounds together. */
  count: number
  /** What the row is called besides. */
  suffix: string
}

/**
 * Writing new conversations over HTTP, 500 a commit: beside parsing and deflating each once and the bare client inserting
 * the result, and beside the peer that is sent the same in batches of 500. Both end up with the same conversations.
 */
export async function postgresIngestRow(all: Postgreses, options: PostgresIngest): Promise<Row> {
  const { bench, postgres, deployment, url } = all
  const { way, account, corpus, count, suffix } = options
  bench.output.note(`PostgreSQL: ingest${suffix}`)
  const conversations = conversationsOf(corpus, 0, count)
  const input = join(bench.folder, 'conversations.ndjson')
  writeFileSync(input, conversations.map(({ line }) => `${line}\n`).join(''))
  const table = `bare_${account.replaceAll('-', '_')}`
  const job = startJob<InsertTask>(LIMIT_UNNEST, [url, input, table])
  const share = count / bench.rounds
  const name = `${way.name}${suffix}`
  try {
    const limit = done('parse, deflate, the bare client inserts', 'conversation', job, share, (round) => {
      return { from: round * share, to: (round + 1) * share, batch: way.batch }
    })
    const subjects = [
      writing({ way, deployment, account }, conversations, share, name),
      limit,
      peerWriting(all, options, conversations, share),
    ].map((subject) => withServer(postgres, subject))
    // The first round counts as well: what it writes cannot be written again.
    const [ours, least, theirs] = await interleave(subjects, { rounds: bench.rounds, warmUp: 0 })
    if (!ours || !least || !theirs) throw new Error('nothing was measured')
    const ratio = theirs.perSecond / ours.perSecond
    const goal = `PostgreSQL: ${name}, a second of Fastify with pg to ours`
    return { ours, limits: [least, theirs], ratio, target: RATE_TARGET, goal }
  } finally {
    await job.stop()
  }
}

function peerWriting(
  { peer }: Postgreses,
  { way, account }: PostgresIngest,
  conversations: Conversation[],
  share: number,
): Subject {
  return {
    name: 'Fastify and pg, jsonb, 500 a request and commit',
    unit: 'conversation',
    server: peer,
    async round(round) {
      const part = conversations.slice(round * share, (round + 1) * share)
      const asks = batchesOf(part, way.batch).map((batch) => ({
        method: 'POST',
        path: `/interactions?account=${account}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(`{"interactions":[${batch.map(({ line }) => line).join(',')}]}`),
      }))
      const before = peer.cpu()
      const { seconds, bytes } = await load(peer.url, asks, { count: asks.length, connections: 1 })
      return { units: share, seconds, bytes, cpu: peer.cpu() - before }
    },
  }
}
