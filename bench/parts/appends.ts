import { join } from 'node:path'
import type { AppendTask } from '../limits/append.ts'
import type { Deployment } from '../measure/deployment.ts'
import { type Ask, load } from '../measure/load.ts'
import { startJob } from '../measure/process.ts'
import { done, interleave, type Subject } from '../measure/rounds.ts'
import { type Row, rowOf } from '../report/figures.ts'
import { type Bench, LIMIT_APPEND } from './bench.ts'

const CONNECTIONS = 16

export interface AppendOptions {
  deployment: Deployment
  account: string
  /** How many are added to, in turn. */
  interactions: number
  name: string
  /** The number of the first message. */
  from?: number
}

/** A message of usual length. */
const MESSAGE = {
  message_id: '',
  text: 'Thanks, I have found your order. It left our warehouse this morning and should reach you by Thursday.',
  channel: 'CHAT',
  participant: 'USER',
  source_system: 'DCE',
  agent_id: '7c1a0c1e-6a53-4f7c-9f6e-0b7f6f6b1c11',
}

/** Single messages, sixteen at once: beside parsing each and letting SQLite insert it, sixteen to a commit. */
export async function appendRow(bench: Bench, options: AppendOptions): Promise<Row> {
  const { interactions, account, name, from = 0 } = options
  const database = join(bench.folder, `append-${account}-${from}.db`)
  const job = startJob<AppendTask>(LIMIT_APPEND, [database, JSON.stringify(MESSAGE)])
  const share = bench.requests
  try {
    const limit = done('parse, SQLite insert, 16 a commit', 'message', job, share, (round) => {
      return { from: round * share, to: (round + 1) * share, interactions, batch: CONNECTIONS }
    })
    const subjects = [appending(options, share, `${name}, 16 at once`), limit]
    const [ours, theirs] = await interleave(subjects, { rounds: bench.rounds, warmUp: 0 })
    if (ours === undefined || theirs === undefined) throw new Error('nothing was measured')
    return rowOf(ours, [theirs], theirs.cpuMicroseconds)
  } finally {
    await job.stop()
  }
}

function appending(
  { deployment, account, interactions, from = 0 }: AppendOptions,
  share: number,
  name: string,
): Subject {
  const { server } = deployment
  return {
    name,
    unit: 'message',
    server,
    async round(round) {
      const headers = { ...(await deployment.authorization(account)), 'content-type': 'application/json' }
      const first = from + round * share
      if (first === 0) await open(deployment, headers, interactions)
      const asks = Array.from({ length: share }, (_, n): Ask => {
        const body = JSON.stringify({ ...MESSAGE, message_id: `m${first + n}` })
        return {
          method: 'POST',
          path: `/v1/interactions/i${(first + n) % interactions}/messages`,
          headers,
          body,
        }
      })
      const before = server.cpu()
      const result = await load(server.url, asks, { count: share, connections: CONNECTIONS })
      return { ...result, units: share, cpu: server.cpu() - before }
    },
  }
}

async function open(
  { server }: Deployment,
  headers: Record<string, string>,
  interactions: number,
): Promise<void> {
  const asks = Array.from({ length: interactions }, (_, n): Ask => {
    const body = JSON.stringify({ customer_id: `c${n}`, started_at: '2024-05-01T10:00:00Z', direction: 'IN' })
    return { method: 'PUT', path: `/v1/interactions/i${n}`, headers, body, status: 201 }
  })
  await load(server.url, asks, { count: interactions, connections: CONNECTIONS })
}
