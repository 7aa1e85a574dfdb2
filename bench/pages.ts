import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { deflateRawSync, gunzipSync } from 'node:zlib'
import { type LoadResult, load } from './load.ts'
import { type Server, startServer } from './process.ts'
import { type Comparison, compare, type Figure } from './report.ts'

const ROUNDS = 5
const CONNECTIONS = 4

export interface PagesOptions {
  server: Server
  token: string
  /** A listing of one week that begins with a full page. */
  path: string
  folder: string
  requestsPerRound: number
}

const LIMIT_SERVER = new URL('./limit-server.ts', import.meta.url).pathname

/**
 * Pages of 50, gzip and identity: ours beside `node:http` sending the same bytes from memory, and for identity beside
 * `node:http` inflating them once first. Rounds alternate, so that noise of the machine meets both.
 */
export async function benchPages(options: PagesOptions): Promise<Comparison[]> {
  const { server, token, path, folder } = options
  const authorization = { authorization: `Bearer ${token}` }
  const gzip = { ...authorization, 'accept-encoding': 'gzip' }
  const url = `${server.url}${path}`
  const response = await fetch(url, { headers: authorization })
  const page = Buffer.from(await response.arrayBuffer())
  const packed = await rawBytes(url, gzip)
  if (!gunzipSync(packed).equals(page)) throw new Error('the gzip page is another than the plain one')

  const gzipLimit = await limitServer(join(folder, 'page.gz'), packed, 'send-gzip')
  const plainLimit = await limitServer(join(folder, 'page.deflate'), deflateRawSync(page), 'inflate')
  const compared = [
    await alternate(
      'gzip page of 50',
      url,
      gzip,
      server,
      gzipLimit,
      'node:http, same bytes from memory',
      options,
    ),
    await alternate(
      'plain page of 50',
      url,
      authorization,
      server,
      plainLimit,
      'node:http, inflated once',
      options,
    ),
  ]
  await gzipLimit.stop()
  await plainLimit.stop()
  return compared
}

function rawBytes(url: string, headers: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks)))
    }).on('error', reject)
  })
}

function limitServer(file: string, bytes: Uint8Array, mode: string): Promise<Server> {
  writeFileSync(file, bytes)
  return startServer(LIMIT_SERVER, ['PORT', file, mode])
}

async function alternate(
  name: string,
  url: string,
  headers: Record<string, string>,
  server: Server,
  limit: Server,
  limitName: string,
  { requestsPerRound }: PagesOptions,
): Promise<Comparison> {
  const ours = tally(name, server)
  const theirs = tally(limitName, limit)
  await load([url], headers, requestsPerRound, CONNECTIONS)
  await load([limit.url], headers, requestsPerRound, CONNECTIONS)
  for (let round = 0; round < ROUNDS; round += 1) {
    await ours.measure(() => load([url], headers, requestsPerRound, CONNECTIONS))
    await theirs.measure(() => load([limit.url], headers, requestsPerRound, CONNECTIONS))
  }
  return compare(ours.figure(), theirs.figure())
}

/** Adds up rounds; the latencies are those of the median round. */
function tally(name: string, server: Server) {
  const rounds: LoadResult[] = []
  let cpu = 0
  return {
    async measure(run: () => Promise<LoadResult>) {
      const before = server.cpu()
      rounds.push(await run())
      cpu += server.cpu() - before
    },
    figure(): Figure {
      const sum = (value: (round: LoadResult) => number) =>
        rounds.reduce((total, each) => total + value(each), 0)
      const requests = sum((each) => each.requests)
      const middle = [...rounds].sort((a, b) => a.p50 - b.p50)[Math.floor(rounds.length / 2)] as LoadResult
      return {
        name,
        unit: 'page',
        perSecond: requests / sum((each) => each.seconds),
        cpuMicroseconds: (cpu / requests) * 1e6,
        p50: middle.p50,
        p99: middle.p99,
        wireBytes: sum((each) => each.bytes) / requests,
        peakMebibytes: server.peakMemory(),
      }
    },
  }
}
