import { Agent, type IncomingMessage, request } from 'node:http'

/** One request, and the status that it must be answered with. */
export interface Ask {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
  status?: number
  /** Looks at the text of the answer and throws where it is not as it should be. */
  check?: (text: string) => void
}

export interface LoadResult {
  seconds: number
  /** Bytes of bodies, as they went over the wire in the direction that counts: sent where any is sent. */
  bytes: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/**
 * Sends each of `asks` in turn, `count` in all from the `first` on, over `connections` kept-alive connections, each
 * sending again as soon as it has its answer.
 */
export async function load(
  url: string,
  asks: Ask[],
  { count, first = 0, connections }: { count: number; first?: number; connections: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const times: number[] = []
  let bytes = 0
  let next = first
  const worker = async () => {
    while (next < first + count) {
      const ask = asks[next++ % asks.length] as Ask
      const startedAt = performance.now()
      const received = await send({ hostname, port, agent }, ask)
      bytes += received
      times.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  return { seconds, bytes, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** One answer as it came over the wire, not inflated. */
export async function fetchRaw(url: string, ask: Ask): Promise<{ etag: string; body: Buffer }> {
  const { hostname, port } = new URL(url)
  const response = await answerTo({ hostname, port }, ask)
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (response.statusCode !== 200) throw new Error(`${ask.path} answered ${response.statusCode} ${body}`)
  return { etag: response.headers.etag ?? '', body }
}

interface Target {
  hostname: string
  port: string
  agent?: Agent
}

function answerTo(target: Target, { method, path, headers, body }: Ask): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...target, method, path, headers }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

async function send(target: Target, ask: Ask): Promise<number> {
  const response = await answerTo(target, ask)
  const chunks: Buffer[] = []
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (ask.check !== undefined) chunks.push(chunk)
  })
  await new Promise((resolve, reject) => response.on('end', resolve).on('error', reject))
  const { status = 200, path } = ask
  if (response.statusCode !== status)
    throw new Error(`${path} answered ${response.statusCode}, not ${status}`)
  ask.check?.(Buffer.concat(chunks).toString())
  return ask.body === undefined ? bytes : Buffer.byteLength(ask.body)
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
