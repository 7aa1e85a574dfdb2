import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { LAST_PURGE } from '../../src/sweep/purger.ts'
import { createAccess, startServer, type TestServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, RANGE, until, write } from './support.ts'

const UNAVAILABLE = '{"code":"1905030","message":"The store cannot be reached. (Service Unavailable)"}'
const LINES = { 'content-type': 'application/x-ndjson' }

/** Takes the content of the store's files away, as a failing disk would; what it gives puts it back. */
function damage(file: string, content?: (was: Buffer) => Uint8Array): () => void {
  // A change by somebody else, so that what the server has read before is of no use any more.
  const other = new DatabaseSync(file)
  other.exec("INSERT INTO settings (name, value) VALUES ('somebody', 'else')")
  const files = [file, `${file}-wal`].map((name) => [name, readFileSync(name)] as const)
  for (const [name, was] of files) writeFileSync(name, content?.(was) ?? '')
  return () => {
    for (const [name, was] of files) writeFileSync(name, was)
    other.close()
  }
}

const REQUESTS: [path: string, ask: Ask][] = [
  ['/conversations/interactions', {}],
  [`/interactions?${RANGE}`, {}],
  [`/interactions?${RANGE}`, { method: 'HEAD' }],
  ['/v1/interactions/one', {}],
  ['/v1/interactions/one', { method: 'PUT', body: interaction('one', { direction: 'OUT' }) }],
  ['/v1/interactions', { method: 'POST', body: { interactions: [interaction('two')] } }],
  ['/v1/interactions', { method: 'POST', headers: LINES, body: JSON.stringify(interaction('two')) }],
  ['/readyz', {}],
]

async function expectUnavailable(server: TestServer, token: string) {
  for (const [path, options] of REQUESTS) {
    const answer = await ask(server, path, { token, ...options })
    assert.equal(answer.status, 503, path)
    assert.equal(answer.headers['retry-after'], '2')
    if (options.method !== 'HEAD') assert.equal(answer.text, UNAVAILABLE)
    const line = server.log.find(
      ({ request: id, level }) => id === answer.headers['x-request-id'] && level === 40,
    )
    assert.equal(line?.msg, 'the store cannot be reached')
  }
  assert.equal((await ask(server, '/healthz')).text, '{"status":"ok"}')
  assert.equal((await ask(server, '/metrics')).status, 200)
}

test('a store that cannot be read brings 503 to everybody, and nothing is lost when it comes back', async (t) => {
  const server = await startServer(t)
  const access = await createAccess(server)
  await write(server, access, [interaction('one')])
  const list = () => ask(server, `/interactions?${RANGE}`, { token: access.token })
  const before = await list()

  const repair = damage(server.file)
  await expectUnavailable(server, access.token)
  repair()
  const after = await list()
  assert.deepEqual([after.status, after.text, after.headers.etag], [200, before.text, before.headers.etag])
  assert.equal((await ask(server, '/readyz')).text, '{"status":"ok"}')
  assert.equal((await write(server, access, [interaction('two')])).created, 1)
})

test('a store that fails half-way through a stream leaves whole batches', async (t) => {
  const server = await startServer(t)
  const { accountId, token } = await createAccess(server)
  const lines = Array.from({ length: 1200 }, (_, index) => `${JSON.stringify(interaction(`i-${index}`))}\n`)
  const { hostname, port } = new URL(server.address)
  const headers = { ...LINES, authorization: `Bearer ${token}` }
  const outgoing = request({ hostname, port, method: 'POST', path: '/v1/interactions', headers })
  outgoing.write(lines.slice(0, 700).join(''))
  await until(async () => (await server.store.getRevision(accountId)) === 500)
  const repair = damage(server.file)
  outgoing.end(lines.slice(700).join(''))
  const [incoming] = await once(outgoing, 'response')
  assert.deepEqual([incoming.statusCode, (await incoming.toArray()).join('')], [503, UNAVAILABLE])
  repair()
  assert.equal(await server.store.getRevision(accountId), 500)
  const again = await ask(server, '/v1/interactions', {
    method: 'POST',
    token,
    headers: LINES,
    body: lines.join(''),
  })
  assert.match(again.text, /^{"created":700,"updated":0,"unchanged":500,"rejected":0,/)
})

test('a store that is damaged for good is not ready either', async (t) => {
  const server = await startServer(t)
  // What it notes at its start is written by another thread.
  await until(async () => (await server.store.getSetting(LAST_PURGE)) !== undefined)
  const repair = damage(server.file, (was) => Buffer.alloc(was.length, 'x'))
  const { status, text, headers } = await ask(server, '/readyz')
  assert.deepEqual([status, text], [503, UNAVAILABLE])
  const told = server.log.find(({ request: id, level }) => id === headers['x-request-id'] && level === 50)
  assert.equal(told?.msg, 'unexpected error')
  repair()
})

test('a store that was closed brings 503, and no more than that', async (t) => {
  const server = await startServer(t)
  const { token } = await createAccess(server)
  await server.store.close()
  await expectUnavailable(server, token)
})

test('a connection whose body was refused does not hold up a server that stops', async (t) => {
  const server = await startServer(t, { PARLANCE_SHUTDOWN_TIMEOUT: '10' })
  const { token } = await createAccess(server)
  // Answered before its request has ended, and kept open by the client.
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname)
  const head = `POST /v1/interactions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`
  socket.write(`${head}Content-Length: 30000000\r\n\r\n`)
  const sent = new Promise((resolve) => socket.write(Buffer.alloc(30_000_000), resolve))
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1.1 415 /)
  await sent
  await server.stop()
  socket.destroy()
  const told = server.log.map(({ msg }) => String(msg))
  assert.ok(told.includes('stopped'))
  assert.ok(!told.some((msg) => msg.startsWith('cutting')))
})
