import { execFileSync } from 'node:child_process'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Server } from './process.ts'
import { type Comparison, compare, type Figure } from './report.ts'

const LIMIT_INSERT = new URL('./limit-insert.ts', import.meta.url).pathname
const BATCH = 500

export interface IngestOptions {
  server: Server
  token: string
  /** Conversations, one a line. */
  input: string
  count: number
  folder: string
}

/**
 * Taking conversations in by HTTP, as a stream of lines, validated, compressed, indexed and durable: beside parsing
 * each once, deflating it once and letting SQLite insert the result, durably, in batches of the same size.
 */
export async function benchIngest(options: IngestOptions): Promise<Comparison> {
  const { server, count, input, folder } = options
  const limit = limitFigure(input, join(folder, 'limit.db'), count)
  const before = server.cpu()
  const startedAt = performance.now()
  const counts = await sendLines(options)
  const seconds = (performance.now() - startedAt) / 1000
  if (counts.created !== count) throw new Error(`${JSON.stringify(counts)} for ${count} conversations`)
  const ours: Figure = {
    name: 'ingest, NDJSON over HTTP',
    unit: 'conversation',
    perSecond: count / seconds,
    cpuMicroseconds: ((server.cpu() - before) / count) * 1e6,
    wireBytes: statSync(input).size / count,
    peakMebibytes: server.peakMemory(),
  }
  return compare(ours, limit)
}

function limitFigure(input: string, database: string, count: number): Figure {
  const printed = execFileSync(process.execPath, [LIMIT_INSERT, input, database, String(BATCH)], {
    encoding: 'utf8',
  })
  const { cpu, seconds } = JSON.parse(printed) as { cpu: number; seconds: number }
  return {
    name: 'parse, deflate, SQLite insert',
    unit: 'conversation',
    perSecond: count / seconds,
    cpuMicroseconds: (cpu / count) * 1e6,
    wireBytes: readFileSync(input).length / count,
  }
}

async function sendLines({ server, token, input }: IngestOptions): Promise<{ created: number }> {
  const sent = request(`${server.url}/v1/interactions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
  })
  const answered = new Promise<{ created: number }>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      if (response.statusCode === 200) resolve(JSON.parse(text))
      else reject(new Error(`${response.statusCode} ${text}`))
    })
  })
  await pipeline(createReadStream(input), sent)
  return answered
}
