import { join } from 'node:path'
import { accountId } from '../corpus/accounts.ts'
import { Corpus } from '../corpus/corpus.ts'
import { type Deployment, deploy } from '../measure/deployment.ts'
import type { Row, Table } from '../report/figures.ts'
import { appendRow } from './appends.ts'
import type { Bench } from './bench.ts'
import { delayRow, feedRow } from './feed.ts'
import { conversationsOf, STREAM, writing } from './ingest.ts'

/** Conversations while they go on, and the feed that tells of them. */
export async function livingTable(bench: Bench, size: number): Promise<Table> {
  const note = (text: string) => bench.output.note(`living: ${text}`)
  const [long, short, fed] = [accountId(0), accountId(1), accountId(2)]
  const deployment = await deploy(join(bench.folder, 'living.db'), [long, short, fed])
  try {
    const rows: Row[] = []
    note('messages to one long conversation')
    const one = await appendRow(bench, {
      deployment,
      account: long,
      interactions: 1,
      name: 'message to one conversation',
    })
    rows.push(one, await longerRow(bench, deployment, long, one))
    note('messages to a thousand short ones')
    const many = {
      deployment,
      account: short,
      interactions: 1000,
      name: 'message to one of 1,000 conversations',
    }
    rows.push(await appendRow(bench, many))
    note(`the feed of ${size} conversations`)
    const corpus = new Corpus({ seed: bench.seed, size })
    const conversations = conversationsOf(corpus, 0, size)
    await writing({ way: STREAM, deployment, account: fed }, conversations, size, 'fill').round(0)
    rows.push(await feedRow(bench, deployment, fed, size))
    note('from commit to follower')
    rows.push(await delayRow(bench, deployment, fed))
    return { title: 'Living conversations', note: NOTE, rows }
  } finally {
    await deployment.stop()
  }
}

/** The same conversation, now that it is long: beside what a message cost when it was short. */
async function longerRow(bench: Bench, deployment: Deployment, account: string, before: Row): Promise<Row> {
  const from = bench.rounds * bench.requests
  const name = `the same, from message ${from} on`
  const row = await appendRow(bench, { deployment, account, interactions: 1, name, from })
  const against = before.ours.cpuMicroseconds
  return {
    ...row,
    against,
    ratio: row.ours.cpuMicroseconds / against,
    target: 1.2,
    goal: 'a message to a long conversation, to one to a short one',
  }
}

const NOTE =
  'Ratio: CPU time of ours to that of the limit below it; for the longer conversation to what a message cost before.'
