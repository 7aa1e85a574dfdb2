import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatInstant, parseInstant } from '../../src/interaction/instant.ts'
import type { Fetched, FetchTask } from '../limits/postgres/fetch.ts'
import { withServer } from '../measure/postgres.ts'
import { startJob } from '../measure/process.ts'
import { done, interleave, type Subject, served, WARM_UP } from '../measure/rounds.ts'
import { type Row, rowOf } from '../report/figures.ts'
import { LIMIT_FETCH } from './bench.ts'
import type { Postgreses } from './postgres.ts'
import type { findOnes, Page } from './requests.ts'
import { gzipOnes, gzipPages, plainPages, SHORT, unchangedPages } from './serving.ts'

/** A page should cost at most a tenth of what one would write by hand. */
const PAGE_TARGET = 0.1
const CONNECTIONS = 4
/** Requests of a round here, as a share of those of the usual table: all processes together cost more. */
const OURS = 0.5
const PEERS = 0.15

export interface Read {
  pages: Page[]
  ones?: Awaited<ReturnType<typeof findOnes>>
  /** What the rows are called besides. */
  suffix: string
}

type FetchedPage = Extract<Fetched, { to: number }>

/** Pages, and one interaction by its id where there are any, beside the bare client and the peer. */
export async function readRows(all: Postgreses, { pages, ones, suffix }: Read): Promise<Row[]> {
  const { bench, deployment } = all
  const note = (text: string) => bench.output.note(`PostgreSQL: ${text}${suffix}`)
  const count = Math.ceil(bench.requests * OURS)
  const fetched = pages.map(fetchedPage)
  const name = `gzip page of 50${suffix}`
  note('gzip pages')
  const gzip = await beside(all, gzipPages(name, deployment, pages, count), fetched, 'page', count)
  const rows: Row[] = [
    { ...gzip, target: PAGE_TARGET, goal: `PostgreSQL: ${name}, CPU time to Fastify's with pg` },
  ]
  note('plain pages')
  rows.push(
    await beside(
      all,
      plainPages(`plain page of 50${suffix}`, deployment, pages, count),
      fetched,
      'page',
      count,
    ),
  )
  if (ones === undefined) return rows
  note('304')
  const unchanged = unchangedPages('page of 50, unchanged (304)', deployment, pages, SHORT * count)
  rows.push(await alone(all, unchanged))
  note('interactions by id')
  const short = SHORT * count
  const things = ones.ones.map(({ account, path }) => ({
    account,
    id: path.slice(path.lastIndexOf('/') + 1),
  }))
  const byId = gzipOnes('one by id, gzip', deployment, ones.ones, short)
  rows.push(await beside(all, byId, things, 'interaction', short))
  return rows
}

/** Ours beside the bare client that fetches the same bytes, and the peer that serves the same interactions. */
async function beside(
  { bench, postgres, url, peer }: Postgreses,
  subject: Subject,
  things: Fetched[],
  unit: string,
  count: number,
): Promise<Row> {
  const file = join(bench.folder, 'fetched.json')
  writeFileSync(file, JSON.stringify(things))
  const job = startJob<FetchTask>(LIMIT_FETCH, [url, file])
  try {
    const bare = done('the bare client, the same bytes, no HTTP', unit, job, count, () => ({ count }))
    const asks = () => things.map((thing) => ({ path: peerPath(thing) }))
    const byHand = served({
      name: 'Fastify and pg, jsonb, JSON.stringify, not compressed',
      unit,
      server: peer,
      asks,
      count: Math.ceil(count * PEERS),
      connections: CONNECTIONS,
    })
    const subjects = [subject, bare, byHand].map((each) => withServer(postgres, each))
    const [ours, least, theirs] = await interleave(subjects, { rounds: bench.rounds, warmUp: WARM_UP })
    if (!ours || !least || !theirs) throw new Error('nothing was measured')
    return rowOf(ours, [least, theirs], theirs.cpuMicroseconds)
  } finally {
    await job.stop()
  }
}

async function alone({ bench, postgres }: Postgreses, subject: Subject): Promise<Row> {
  const [ours] = await interleave([withServer(postgres, subject)], { rounds: bench.rounds, warmUp: WARM_UP })
  if (ours === undefined) throw new Error('nothing was measured')
  return rowOf(ours, [], undefined)
}

/** Where a page begins, and a time that its documents start before or at. */
export function fetchedPage({ account, plain }: Page): FetchedPage {
  const interactions = JSON.parse(plain.toString())._embedded.interactions as Record<string, string>[]
  const instant = (interaction: Record<string, string> | undefined) =>
    parseInstant(interaction?.started_at as string) as number
  const first = interactions[0]
  return { account, id: first?.id as string, startedAt: instant(first), to: instant(interactions.at(-1)) }
}

/** How the peer is asked for the same. */
export function peerPath(thing: Fetched): string {
  if (!('to' in thing)) return `/interactions/${thing.id}?account=${thing.account}`
  const { account, id, startedAt, to } = thing
  const query = { account, id, from: formatInstant(startedAt), to: formatInstant(to) }
  return `/interactions?${new URLSearchParams(query)}`
}
