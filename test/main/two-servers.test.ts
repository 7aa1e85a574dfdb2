import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import test from 'node:test'
import { type ApiClient, clientOf } from '../cli/support/client.ts'
import { conversation, conversations, ndjson, WINDOW } from '../cli/support/conversations.ts'
import { ACCOUNT, deploy } from '../cli/support/deployment.ts'
import { parlanceJson } from '../cli/support/process.ts'
import { startServer } from '../cli/support/server.ts'

const SINGLES = 40
const BATCHES = 5
const BATCH = 20
const IMPORTED = 250

/** Writes singles one after the other and batches one after the other, both at once; gives the revisions. */
async function write(api: ApiClient, name: string): Promise<number[]> {
  const revisions: number[] = []
  const singles = async () => {
    for (let n = 1; n <= SINGLES; n += 1) {
      const response = await api.put(conversation(n, `${name}s`))
      assert.equal(response.status, 201)
      revisions.push(Number(response.headers.get('parlance-revision')))
    }
  }
  const batches = async () => {
    const all = conversations(BATCHES * BATCH, `${name}b`)
    for (let from = 0; from < all.length; from += BATCH) {
      const { results } = await api.batch<{ results: { revision: number }[] }>(all.slice(from, from + BATCH))
      revisions.push(...results.map(({ revision }) => revision))
    }
  }
  await Promise.all([singles(), batches()])
  return revisions
}

test('two servers and an import on one store: all see all, and revisions have no gap', async (t) => {
  const deployment = await deploy(t)
  const [one, two] = await Promise.all([
    startServer(t, deployment.serverFlags),
    startServer(t, deployment.serverFlags),
  ])
  const first = clientOf(one.url, deployment.token)
  const second = clientOf(two.url, deployment.token)
  const file = `${deployment.directory}/many.ndjson`
  const imported = conversations(IMPORTED, 'i')
  await writeFile(file, ndjson(imported))
  const [ofFirst, ofSecond, counts] = await Promise.all([
    write(first, 'one-'),
    write(second, 'two-'),
    parlanceJson<{ created: number }>(t, ['import', file, '--account', ACCOUNT, ...deployment.database]),
  ])
  assert.equal(counts.created, IMPORTED)

  const listed = await first.list(WINDOW)
  assert.equal(listed.length, 2 * (SINGLES + BATCHES * BATCH) + IMPORTED)
  const same = await second.list(WINDOW)
  assert.equal(same.length, listed.length)
  for (const [index, interaction] of same.entries()) assert.deepEqual(interaction, listed[index])

  const revisions = [...ofFirst, ...ofSecond]
  for (const { id } of imported) {
    const response = await second.ask(`/v1/interactions/${id}`)
    await response.arrayBuffer()
    revisions.push(Number(response.headers.get('parlance-revision')))
  }
  revisions.sort((a, b) => a - b)
  assert.deepEqual(
    revisions,
    Array.from({ length: listed.length }, (_, index) => index + 1),
  )
  // What one server writes, the other lists at once, also over a link that it did not give.
  const page = await first.page(`/interactions?${WINDOW.replace('500', '10')}`)
  assert.equal((await second.put(conversation(5000, 'last'))).status, 201)
  const rest = await second.list(String(page._links.next?.href.split('?')[1]))
  assert.deepEqual(rest.at(-1)?.id, 'last005000')
  assert.equal(rest.length, listed.length + 1 - 10)
  await Promise.all([one.end('SIGTERM'), two.end('SIGTERM')])
})
