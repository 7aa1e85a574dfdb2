import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type ApiClient, clientOf } from './support/client.ts'
import type { Conversation } from './support/conversations.ts'
import { ACCOUNT, deploy } from './support/deployment.ts'
import { parlanceJson } from './support/process.ts'
import { startServer } from './support/server.ts'

/** Real conversations between people; they are no part of the project. */
const FOLDER = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url))
const FILES = ['star.ndjson.gz', 'harper-valley.ndjson', 'multidogo.ndjson.gz'].map((name) => FOLDER + name)
const missing = FILES.find((file) => !existsSync(file))
const skip = missing !== undefined && 'the corpora are not beside the repository'

const DAY = 24 * 60 * 60 * 1000

function read(file: string): Conversation[] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

/** What is listed for a conversation: as it went in, but without nulls among the ring groups. */
function listed(interaction: Conversation): Conversation {
  const groups = (interaction.ring_groups as (string | null)[]).filter((group) => group !== null)
  return { ...interaction, ring_groups: groups }
}

/** Reads by windows of seven days, from the first start to the last. */
async function readBack(api: ApiClient, from: number, to: number, encoding: string): Promise<Conversation[]> {
  const all: Conversation[] = []
  for (let start = from; start <= to; start += 7 * DAY) {
    const end = new Date(start + 7 * DAY - 1).toISOString().replace('Z', '999Z')
    const query = `interaction_started=${new Date(start).toISOString()}&interaction_ended=${end}`
    all.push(...(await api.list(query, { 'accept-encoding': encoding })))
  }
  return all
}

test('real conversations come back as they went in, document by document', { skip }, async (t) => {
  const deployment = await deploy(t)
  const corpora = FILES.map((file) => read(file).map(listed))
  const total = corpora.flat().length
  await parlanceJson(t, ['account', 'set', ACCOUNT, '--redact', 'none', ...deployment.database])
  const server = await startServer(t, deployment.serverFlags)
  const flags = ['--account', ACCOUNT, ...deployment.database]
  const counts = await parlanceJson<{ created: number }>(t, ['import', ...FILES, ...flags])
  assert.equal(counts.created, total)
  const api = clientOf(server.url, deployment.token)
  for (const encoding of ['gzip', 'identity']) {
    for (const corpus of corpora) {
      const expected = corpus.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      const starts = expected.map(({ started_at }) => Date.parse(String(started_at)))
      const back = await readBack(api, Math.min(...starts), Math.max(...starts), encoding)
      assert.equal(back.length, expected.length)
      for (const [index, interaction] of back.entries()) assert.deepEqual(interaction, expected[index])
    }
  }
  const response = await api.ask('/interactions', { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(response.headers.get('content-encoding'), 'gzip')
  await server.end('SIGTERM')
})

/** The order of a listing: `started_at` (all in one form here), then the id, which is ASCII here. */
function key({ started_at, id }: Conversation): string {
  return `${started_at} ${id}`
}
