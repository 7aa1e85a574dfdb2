import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Access, createAccess, startServer } from '../fixtures/server.ts'
import { eventsIn, openStream } from './streams.ts'
import { ask, interaction, message, until, write } from './support.ts'

const server = await startServer({ after })

interface Change {
  revision: number
  kind: string
  id: string
  reason?: string
  transcript?: string
  interaction?: { id: string }
}

/** The changes, told in each of the three ways. */
async function toldTo(access: Access): Promise<Change[][]> {
  const page = await ask(server, '/v1/changes', { token: access.token })
  const lines = await openStream(server, '/v1/changes', access, { accept: 'application/x-ndjson' })
  await lines.ended
  const events = await openStream(server, '/v1/changes', access, { accept: 'text/event-stream' })
  await until(() => events.text().includes('end_of_stream'))
  events.close()
  return [
    JSON.parse(page.text).changes,
    lines
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ kind }) => kind !== undefined),
    eventsIn(events.text())
      .filter(({ event }) => event === 'change')
      .map(({ data }) => JSON.parse(data)),
  ]
}

test('erased ones and states of transcripts are told in pages, lines and events alike', async () => {
  const access = await createAccess(server)
  const { token } = access
  const erase = (id: string) => ask(server, `/v1/interactions/${id}`, { method: 'DELETE', token })
  await write(server, access, [interaction('a'), interaction('b'), interaction('o', { ended_at: undefined })])
  const headers = { 'content-type': 'application/json', 'parlance-transcript': 'pending' }
  const body = message('m2')
  await ask(server, '/v1/interactions/o/messages', { method: 'POST', token, headers, body })
  await ask(server, '/v1/interactions/b/messages', { method: 'POST', token, headers, body })
  assert.equal((await erase('a')).status, 202)
  assert.equal((await erase('"never" \u00e9'.replaceAll(/[" \u00e9]/g, encodeURIComponent))).status, 202)
  const expected = [
    { revision: 4, kind: 'open', id: 'o', transcript: 'pending' },
    {
      revision: 5,
      kind: 'ended',
      id: 'b',
      transcript: 'pending',
      interaction: interaction('b', { messages: [message('m1'), body] }),
    },
    { revision: 6, kind: 'erased', id: 'a', reason: 'interactions' },
    { revision: 7, kind: 'erased', id: '"never" é', reason: 'interactions' },
  ]
  for (const changes of await toldTo(access)) assert.deepEqual(changes, expected)
})

test('a follower that merges as it is told has what the store has, whatever is erased meanwhile', async () => {
  const access = await createAccess(server)
  const { token, accountId } = access
  const document = (n: number, more: object = {}) =>
    interaction(`i${n}`, { customer_id: `c${n % 3}`, ...more })
  await write(
    server,
    access,
    Array.from({ length: 40 }, (_, n) => document(n, n % 5 === 0 ? { ended_at: undefined } : {})),
  )
  const copy = new Map<string, Change>()
  let cursor = ''
  const follow = async (pages: number) => {
    for (let page = 0; page < pages; page += 1) {
      const query = `per_page=7${cursor === '' ? '' : `&cursor=${cursor}`}`
      const told = JSON.parse((await ask(server, `/v1/changes?${query}`, { token })).text)
      for (const change of told.changes as Change[]) {
        if ((copy.get(change.id)?.revision ?? 0) < change.revision) copy.set(change.id, change)
      }
      cursor = told.cursor
      if (told.end_of_stream) return
    }
  }
  await follow(3)
  assert.equal((await ask(server, '/v1/customers/c1', { method: 'DELETE', token })).status, 202)
  await follow(2)
  await server.store.eraseMore(accountId, 5, Date.now())
  await ask(server, '/v1/interactions/i0', { method: 'DELETE', token })
  await follow(1)
  while ((await server.store.eraseMore(accountId, 5, Date.now())).more);
  await follow(100)

  const kinds = (kind: string) =>
    [...copy.values()].filter((change) => change.kind === kind).map(({ id }) => id)
  for (let n = 0; n < 40; n += 1) {
    const erased = n % 3 === 1 || n === 0
    const expected = erased ? 'erased' : n % 5 === 0 ? 'open' : 'ended'
    assert.ok(kinds(expected).includes(`i${n}`), `i${n} is ${copy.get(`i${n}`)?.kind}, not ${expected}`)
  }
  assert.equal(copy.size, 40)
})

test('a revision of which nothing is told is passed, so that who waits or streams has rest', async () => {
  const access = await createAccess(server)
  const { token } = access
  await write(server, access, [interaction('a')])
  const pageAt = async (query: string) => {
    const { text } = await ask(server, `/v1/changes?${query}`, { token })
    return JSON.parse(text) as { changes: Change[]; cursor: string; end_of_stream: boolean }
  }
  const { cursor } = await pageAt('from=now')
  const events = await openStream(server, `/v1/changes?cursor=${cursor}`, access, {
    accept: 'text/event-stream',
  })
  await until(() => events.text().includes('end_of_stream'))
  const erased = await ask(server, '/v1/customers/nobody', { method: 'DELETE', token })
  assert.equal(erased.status, 202)
  // A stream that asked again and again would keep this very process from answering.
  const passed = await pageAt(`cursor=${cursor}`)
  assert.deepEqual([passed.changes, passed.end_of_stream], [[], true])
  assert.notEqual(passed.cursor, cursor)
  const since = performance.now()
  const waited = await pageAt(`wait=1&cursor=${passed.cursor}`)
  assert.deepEqual(waited, passed)
  assert.ok(performance.now() - since > 900)
  events.close()
})
