import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { MAX_FOLLOWERS } from '../../src/http/followers.ts'
import { type Access, createAccess, startServer } from '../fixtures/server.ts'
import { eventsIn, openStream } from './streams.ts'
import { ask, interaction, message, until, write } from './support.ts'

const server = await startServer({ after })

const stream = (path: string, access: Pick<Access, 'token'>, headers: object, at = server) =>
  openStream(at, path, access, headers)

test('lines give all there is, with a cursor after each batch and at the end; plain and with gzip', async () => {
  const access = await createAccess(server)
  const text = 'says something '.repeat(100)
  const documents = Array.from({ length: 450 }, (_, n) =>
    interaction(
      `i${n}`,
      n % 50 === 7 ? { ended_at: undefined } : { messages: [message('m', { text: `${text}${n}` })] },
    ),
  )
  await write(server, access, documents)
  for (const encoding of ['identity', 'gzip']) {
    const headers = { accept: 'application/x-ndjson', 'accept-encoding': encoding }
    const lines = await stream('/v1/changes', access, headers)
    await lines.ended
    const all = lines
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const changes = all.filter(({ kind }) => kind !== undefined)
    assert.deepEqual(
      changes.map(({ id }) => id),
      documents.map(({ id }) => id),
    )
    const cursors = all.filter(({ cursor }) => cursor !== undefined)
    assert.ok(cursors.length >= 5)
    assert.deepEqual(
      cursors.map(({ end_of_stream: end }) => end),
      [...Array(cursors.length - 1).fill(false), true],
    )
    assert.equal(all.at(-1), cursors.at(-1))
    // From the middle on: what stands behind that line.
    const at = all.indexOf(cursors[2])
    const rest = await stream(`/v1/changes?cursor=${cursors[2].cursor}`, access, headers)
    await rest.ended
    const behind = rest
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      behind.filter(({ kind }) => kind !== undefined),
      all.slice(at).filter(({ kind }) => kind !== undefined),
    )
  }
})

test('events come as it happens, and go on behind the last one that was seen', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('a'), interaction('b')])
  const accept = { accept: 'text/event-stream' }
  const events = await stream('/v1/changes', access, accept)
  const names = () => eventsIn(events.text()).map(({ event }) => event)
  await until(() => names().length === 3)
  assert.deepEqual(names(), ['change', 'change', 'end_of_stream'])
  await write(server, access, [interaction('c', { ended_at: undefined })])
  await until(() => names().length === 5)
  const all = eventsIn(events.text())
  assert.equal(all[3]?.event, 'change')
  assert.deepEqual(JSON.parse(all[3]?.data ?? ''), { revision: 3, kind: 'open', id: 'c' })
  events.close()
  const again = await stream('/v1/changes', access, { ...accept, 'last-event-id': all[0]?.id })
  await until(() => eventsIn(again.text()).length === 3)
  assert.deepEqual(
    eventsIn(again.text()).map(({ id }) => id),
    [all[1]?.id, all[3]?.id, all[4]?.id],
  )
  again.close()
})

test('a server that stops ends what waits and what streams', async (t) => {
  const own = await startServer(t)
  const access = await createAccess(own)
  const events = await stream('/v1/changes', access, { accept: 'text/event-stream' }, own)
  const waiting = stream('/v1/changes?wait=30', access, {}, own)
  await until(() => events.text().includes('end_of_stream'))
  // What was sent before these has come before them.
  for (let times = 0; times < 5; times += 1) await ask(own, '/healthz')
  const stopping = own.stop()
  const answer = await waiting
  await answer.ended
  assert.deepEqual(JSON.parse(answer.text()).changes, [])
  await events.ended
  await stopping
})

test('a stream ends with its client’s right to read', async (t) => {
  const own = await startServer(t)
  const access = await createAccess(own)
  const events = await stream('/v1/changes', access, { accept: 'text/event-stream' }, own)
  await until(() => events.text().includes('end_of_stream'))
  await own.store.removeClient(access.accountId, access.clientId)
  const other = await createAccess(own, access.accountId)
  await write(own, other, [interaction('secret')])
  await events.ended
  assert.ok(!events.text().includes('secret'))
})

test('a client has so many streams at once, and another as many of its own', async () => {
  const access = await createAccess(server)
  const accept = { accept: 'text/event-stream' }
  const streams = await Promise.all(
    Array.from({ length: MAX_FOLLOWERS }, () => stream('/v1/changes', access, accept)),
  )
  const more = async () => ask(server, '/v1/changes', { token: access.token, headers: accept })
  const { status, headers, text } = await more()
  assert.deepEqual([status, JSON.parse(text).code, headers['retry-after']], [503, '1905031', '1'])
  assert.equal((await ask(server, '/v1/changes', { token: access.token })).status, 200)
  const other = await stream('/v1/changes', await createAccess(server, access.accountId), accept)
  other.close()
  streams.pop()?.close()
  // The server hears of it a moment later.
  const lines = { token: access.token, headers: { accept: 'application/x-ndjson' } }
  await until(async () => (await ask(server, '/v1/changes', lines)).status === 200)
  for (const each of streams) each.close()
})

test('a client that ends its side of a stream of events has left it', async () => {
  const access = await createAccess(server)
  const { hostname, port } = new URL(server.address)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  socket.on('error', () => {})
  const head = `GET /v1/changes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${access.token}\r\n`
  socket.write(`${head}Accept: text/event-stream\r\n\r\n`)
  await once(socket, 'data')
  const closed = once(socket, 'close')
  socket.once('end', () => socket.destroy())
  socket.end()
  await closed
})
