import { join } from 'node:path'
import { writeBodies } from '../limits/bodies.ts'
import type { Deployment } from '../measure/deployment.ts'
import { type Ask, fetchRaw } from '../measure/load.ts'
import { startServer } from '../measure/process.ts'
import { interleave, served } from '../measure/rounds.ts'
import { type Figure, type Row, rowOf } from '../report/figures.ts'
import { type Bench, LIMIT_SERVER } from './bench.ts'

/** Writes of which the delay is measured, one after the other. */
const WRITES = 200

/** All changes of an account as one stream of lines, beside `node:http` sending the same bytes from memory. */
export async function feedRow(
  bench: Bench,
  deployment: Deployment,
  account: string,
  size: number,
): Promise<Row> {
  const ask = async (): Promise<Ask> => {
    const headers = { ...(await deployment.authorization(account)), accept: 'application/x-ndjson' }
    return { path: '/v1/changes', headers: { ...headers, 'accept-encoding': 'gzip' } }
  }
  const { body } = await fetchRaw(deployment.server.url, await ask())
  const file = join(bench.folder, 'feed')
  writeBodies(file, [body])
  const memory = await startServer(LIMIT_SERVER, ['PORT', file, 'gzip'])
  try {
    const shared = {
      unit: 'document',
      units: size,
      count: Math.max(3, Math.ceil(30_000 / size)),
      connections: 1,
    }
    const { server } = deployment
    const [ours, theirs] = await interleave(
      [
        served({ ...shared, name: 'the feed as lines, gzip', server, asks: async () => [await ask()] }),
        served({
          ...shared,
          name: 'node:http, the same bytes from memory',
          server: memory,
          asks: () => [{ path: '/' }],
        }),
      ],
      { rounds: bench.rounds, warmUp: 1 },
    )
    if (ours === undefined || theirs === undefined) throw new Error('nothing was measured')
    return rowOf(ours, [theirs], theirs.cpuMicroseconds)
  } finally {
    await memory.stop()
  }
}

/** From sending a write to its event at a follower, beside the answer to that write. */
export async function delayRow(_bench: Bench, deployment: Deployment, account: string): Promise<Row> {
  const { server } = deployment
  const headers = await deployment.authorization(account)
  const leaving = new AbortController()
  const events = await follow(`${server.url}/v1/changes?from=now`, headers, leaving.signal)
  const answered: number[] = []
  const told: number[] = []
  const before = server.cpu()
  const startedAt = performance.now()
  for (let n = 0; n < WRITES; n += 1) {
    const id = `delay-${n}`
    const event = events.of(id)
    const sentAt = performance.now()
    const answer = await fetch(`${server.url}/v1/interactions/${id}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        customer_id: 'c',
        started_at: '2024-05-01T10:00:00Z',
        ended_at: '2024-05-01T10:01:00Z',
        direction: 'IN',
      }),
    })
    await answer.arrayBuffer()
    answered.push(performance.now() - sentAt)
    told.push((await event) - sentAt)
  }
  leaving.abort()
  const seconds = (performance.now() - startedAt) / 1000
  const figure = (name: string, times: number[]): Figure => {
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.floor(times.length * share)]
    const perSecond = WRITES / seconds
    return {
      name,
      unit: 'write',
      perSecond,
      cpuMicroseconds: ((server.cpu() - before) / WRITES) * 1e6,
      p50: at(0.5),
      p99: at(0.99),
    }
  }
  return rowOf(
    figure('from sending a write to its event', told),
    [figure('to its answer', answered)],
    undefined,
  )
}

/** A stream of events; `of` resolves when that of an interaction has come, with the time. */
async function follow(url: string, headers: Record<string, string>, signal: AbortSignal) {
  const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal })
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`)
  const waiting = new Map<string, (at: number) => void>()
  void read(response.body, waiting).catch((error) => {
    if (!signal.aborted) throw error
  })
  return {
    of: (id: string) => new Promise<number>((resolve) => waiting.set(id, resolve)),
  }
}

async function read(
  body: ReadableStream<Uint8Array>,
  waiting: Map<string, (at: number) => void>,
): Promise<void> {
  let text = ''
  for await (const chunk of body.pipeThrough(
    new TextDecoderStream() as never,
  ) as unknown as AsyncIterable<string>) {
    const at = performance.now()
    text += chunk
    for (const [, id = ''] of text.matchAll(/"kind":"\w+","id":"([^"]+)"/g)) waiting.get(id)?.(at)
    text = text.slice(text.lastIndexOf('\n\n') + 1)
  }
}
