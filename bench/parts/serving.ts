import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { writeBodies } from '../limits/bodies.ts'
import type { InflateTask } from '../limits/inflate.ts'
import type { Deployment } from '../measure/deployment.ts'
import type { Ask } from '../measure/load.ts'
import { type Server, startJob, startServer } from '../measure/process.ts'
import { done, interleave, type Subject, served, WARM_UP } from '../measure/rounds.ts'
import { type Row, rowOf } from '../report/figures.ts'
import { type Bench, LIMIT_INFLATE, LIMIT_SERVER } from './bench.ts'
import type { One, Page } from './requests.ts'

const CONNECTIONS = 4
/** Plain bytes of a page of fifty; of larger pages fewer are asked for in a round, so that rounds last as long. */
const USUAL_BYTES = 250_000
const LEAST_REQUESTS = 20
/** So many times as many of short answers, whose CPU time is a few of the kernel's ticks otherwise. */
export const SHORT = 2

const GZIP_TARGET = 3
const ONE_TARGET = 3
const PLAIN_TARGET = 1

/** A page that goes out as it lies in the store, beside `node:http` sending the same bytes from memory. */
export async function gzipRow(
  bench: Bench,
  name: string,
  deployment: Deployment,
  pages: Page[],
): Promise<Row> {
  await using limit = await limitServer(
    bench,
    'gzip',
    pages.map(({ gzip }) => gzip),
  )
  const count = requestsFor(bench, pages)
  const [ours, theirs] = await interleave(
    [
      gzipPages(name, deployment, pages, count),
      fromMemory('node:http, the same bytes from memory', 'page', limit.server, count),
    ],
    { rounds: bench.rounds, warmUp: WARM_UP },
  )
  if (ours === undefined || theirs === undefined) throw new Error('nothing was measured')
  return rowOf(ours, [theirs], theirs.cpuMicroseconds, GZIP_TARGET)
}

/**
 * A page for a client that takes no gzip. What it is compared to is inflating those bytes once, compressed as one stream,
 * and twice `node:http` sending them. Inflating the blocks that the store keeps is told beside it.
 */
export async function plainRow(
  bench: Bench,
  name: string,
  deployment: Deployment,
  pages: Page[],
): Promise<Row> {
  await using limit = await limitServer(
    bench,
    'plain',
    pages.map(({ plain }) => plain),
  )
  await using stack = new AsyncDisposableStack()
  const count = Math.max(LEAST_REQUESTS, Math.ceil(requestsFor(bench, pages) / 2))
  const inflating = (label: string, file: string, bodies: Uint8Array[]) => {
    const path = join(bench.folder, file)
    writeBodies(path, bodies)
    const job = startJob<InflateTask>(LIMIT_INFLATE, [path])
    stack.defer(job.stop)
    return done(label, 'page', job, count, () => ({ count }))
  }
  const streams = pages.map(({ plain }) => deflateRawSync(plain))
  const blocks = pages.map(({ gzip }) => gzip.subarray(GZIP_HEAD, -GZIP_TAIL))
  const [ours, send, stream, own] = await interleave(
    [
      plainPages(name, deployment, pages, count),
      fromMemory('node:http, the same bytes from memory', 'page', limit.server, count),
      inflating('inflating them once, compressed as one stream', 'streams', streams),
      inflating('inflating them once, as they are stored', 'blocks', blocks),
    ],
    { rounds: bench.rounds, warmUp: WARM_UP },
  )
  if (!ours || !send || !stream || !own) throw new Error('nothing was measured')
  const against = stream.cpuMicroseconds + 2 * send.cpuMicroseconds
  return rowOf(ours, [send, stream, own], against, PLAIN_TARGET)
}

/** A gzip member has ten bytes before its deflate here, and eight behind it (RFC 1952, 2.3). */
const GZIP_HEAD = 10
const GZIP_TAIL = 8

/** A page that the client has already. */
export async function unchangedRow(
  bench: Bench,
  name: string,
  deployment: Deployment,
  pages: Page[],
): Promise<Row> {
  await using limit = await limitServer(bench, 'unchanged', [])
  const count = SHORT * bench.requests
  const [ours, theirs] = await interleave(
    [
      unchangedPages(name, deployment, pages, count),
      fromMemory('node:http, 304', 'page', limit.server, count, 304),
    ],
    { rounds: bench.rounds, warmUp: WARM_UP },
  )
  if (ours === undefined || theirs === undefined) throw new Error('nothing was measured')
  return rowOf(ours, [theirs], theirs.cpuMicroseconds)
}

/** One interaction by its id. */
export async function oneRow(
  bench: Bench,
  name: string,
  deployment: Deployment,
  { ones, answers }: { ones: Omit<One, 'gzip'>[]; answers: Buffer[] },
): Promise<Row> {
  await using limit = await limitServer(bench, 'gzip', answers)
  const bytes = answers.reduce((sum, { length }) => sum + length, 0) / answers.length
  const count = fewerFor(SHORT * bench.requests, bytes * GZIP_GAIN)
  const [ours, theirs] = await interleave(
    [
      gzipOnes(name, deployment, ones, count),
      fromMemory('node:http, the same bytes from memory', 'interaction', limit.server, count),
    ],
    { rounds: bench.rounds, warmUp: WARM_UP },
  )
  if (ours === undefined || theirs === undefined) throw new Error('nothing was measured')
  return rowOf(ours, [theirs], theirs.cpuMicroseconds, ONE_TARGET)
}

/** About how much smaller a conversation is when it is compressed. */
const GZIP_GAIN = 3.5

export function gzipPages(name: string, deployment: Deployment, pages: Page[], count: number): Subject {
  return asked(name, 'page', deployment, pages, count, () => ({ headers: { 'accept-encoding': 'gzip' } }))
}

export function plainPages(name: string, deployment: Deployment, pages: Page[], count: number): Subject {
  return asked(name, 'page', deployment, pages, count, () => ({}))
}

export function unchangedPages(name: string, deployment: Deployment, pages: Page[], count: number): Subject {
  return asked(name, 'page', deployment, pages, count, ({ etag }) => {
    return { headers: { 'accept-encoding': 'gzip', 'if-none-match': etag }, status: 304 }
  })
}

export function gzipOnes(
  name: string,
  deployment: Deployment,
  ones: Omit<One, 'gzip'>[],
  count: number,
): Subject {
  return asked(name, 'interaction', deployment, ones, count, () => {
    return { headers: { 'accept-encoding': 'gzip' } }
  })
}

function asked<Thing extends Omit<One, 'gzip'>>(
  name: string,
  unit: string,
  deployment: Deployment,
  things: Thing[],
  count: number,
  more: (thing: Thing) => Omit<Ask, 'path'>,
): Subject {
  const asks = () =>
    Promise.all(
      things.map(async (thing) => {
        const { headers, ...rest } = more(thing)
        const authorization = await deployment.authorization(thing.account)
        return { path: thing.path, headers: { ...headers, ...authorization }, ...rest }
      }),
    )
  return served({ name, unit, server: deployment.server, asks, count, connections: CONNECTIONS })
}

function fromMemory(name: string, unit: string, server: Server, count: number, status = 200): Subject {
  return served({ name, unit, server, asks: () => [{ path: '/', status }], count, connections: CONNECTIONS })
}

/** How many of these pages are asked for in a round. */
export function requestsFor({ requests }: Bench, pages: Page[]): number {
  return fewerFor(requests, pages.reduce((sum, { plain }) => sum + plain.length, 0) / pages.length)
}

function fewerFor(requests: number, bytes: number): number {
  return Math.min(requests, Math.max(LEAST_REQUESTS, Math.round((requests * USUAL_BYTES) / bytes)))
}

async function limitServer(
  { folder }: Bench,
  mode: 'gzip' | 'plain' | 'unchanged',
  bodies: Uint8Array[],
): Promise<AsyncDisposable & { server: Server }> {
  const file = join(folder, `bodies-${mode}`)
  writeBodies(file, bodies)
  const server = await startServer(LIMIT_SERVER, ['PORT', file, mode])
  return { server, [Symbol.asyncDispose]: server.stop }
}
