import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../src/store/open.ts'
import { Corpus } from '../corpus/corpus.ts'
import { type LockWatch, watchLocks } from '../measure/locks.ts'
import { withServer } from '../measure/postgres.ts'
import { startJob } from '../measure/process.ts'
import { interleave, type Subject } from '../measure/rounds.ts'
import type { WriteTask } from '../measure/writer.ts'
import type { Row, Table } from '../report/figures.ts'
import { conversationsOf } from './ingest.ts'
import type { Postgreses } from './postgres.ts'

const WRITERS = 8
const BATCH = 500
const WRITER = new URL('../measure/writer.ts', import.meta.url).pathname

/**
 * Processes that write at once, each through a store of its own: to accounts of their own they should never wait for each
 * other. That they do for one account shows that waiting would be seen.
 */
export async function writersTable(all: Postgreses, size: number): Promise<Table> {
  const { bench, postgres, url } = all
  bench.output.note(`PostgreSQL: ${WRITERS} processes that write`)
  const own = Array.from({ length: WRITERS }, (_, index) => `bench-writer-${index}`)
  const [single, shared] = ['bench-single', 'bench-shared']
  await createAccounts(url, [...own, single, shared])
  // Each writes as many, so a round of eight is four times what a round of the other parts is.
  const share = Math.max(1, Math.floor(size / bench.rounds / 2))
  const corpus = new Corpus({ seed: bench.seed, size })
  const inputs = own.map((account, index) => {
    const input = join(bench.folder, `${account}.ndjson`)
    const lines = conversationsOf(corpus, index * share * bench.rounds, share * bench.rounds)
    writeFileSync(input, lines.map(({ line }) => `${line}\n`).join(''))
    return input
  })
  const jobs = inputs.map((input) => startJob<WriteTask>(WRITER, [url, input]))
  const watches: LockWatch[] = []
  /** Each writer writes lines of its own, new ones in each round. */
  const writers = (name: string, accounts: string[]): Subject => {
    const watch = watchLocks(url)
    watches.push(watch)
    return withServer(postgres, {
      name,
      unit: 'conversation',
      async round(round) {
        watch.begin()
        const works = accounts.map((account, index) => {
          return jobs[index]?.run({ account, from: round * share, to: (round + 1) * share, batch: BATCH })
        })
        const done = (await Promise.all(works)).filter((work) => work !== undefined)
        await watch.end()
        const cpu = done.reduce((sum, each) => sum + each.cpu, 0)
        return {
          units: share * accounts.length,
          seconds: Math.max(...done.map(({ seconds }) => seconds)),
          cpu,
        }
      },
    })
  }
  try {
    const subjects = [
      writers(`${WRITERS} processes, an account each`, own),
      writers('one process, one account', [single]),
      writers(`${WRITERS} processes, one account`, Array<string>(WRITERS).fill(shared)),
    ]
    const figures = await interleave(subjects, { rounds: bench.rounds, warmUp: 0 })
    const rows = figures.map((ours, index): Row => ({ ours, limits: [], ratio: watches[index]?.percent() }))
    const goal = `PostgreSQL: ${WRITERS} processes, an account each: % of the time waiting for a lock`
    rows[0] = { ...(rows[0] as Row), target: 0, goal }
    return { title: `PostgreSQL, ${WRITERS} processes that write at once`, note: noteOf(watches), rows }
  } finally {
    for (const job of jobs) await job.stop()
  }
}

async function createAccounts(url: string, accounts: string[]): Promise<void> {
  const store = await openStore(url)
  for (const accountId of accounts) await store.createAccount({ accountId, name: accountId, createdAt: 0 })
  await store.close()
}

function noteOf(watches: LockWatch[]): string {
  const seen = watches.map((watch) => {
    const kinds = Object.entries(watch.kinds()).map(([kind, count]) => `${kind} ${count}`)
    return `${watch.looks()} (${kinds.join(', ') || 'none'})`
  })
  return `Ratio: percent of looks at a transaction that found it waiting for another's row; looks, and those that waited for a lock of any kind: ${seen.join('; ')}.`
}
