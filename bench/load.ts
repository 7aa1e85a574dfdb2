import { Agent, request } from 'node:http'

export interface LoadResult {
  requests: number
  seconds: number
  /** Bytes of bodies received, as they came over the wire. */
  bytes: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/**
 * Asks for each of `urls` in turn, `requests` times in all, over `connections` kept-alive connections, each asking again
 * as soon as it has its answer.
 */
export async function load(
  urls: string[],
  headers: Record<string, string>,
  requests: number,
  connections: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let bytes = 0
  let next = 0
  const worker = async () => {
    while (next < requests) {
      const url = urls[next++ % urls.length] as string
      const startedAt = performance.now()
      const received = await get(url, headers, agent)
      bytes += received
      times.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  return { requests, seconds, bytes, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function get(url: string, headers: Record<string, string>, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(bytes)
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}
