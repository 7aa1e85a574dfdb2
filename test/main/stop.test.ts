import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open.ts'
import { clientOf } from '../cli/support/client.ts'
import { conversation, conversations, WINDOW } from '../cli/support/conversations.ts'
import { ACCOUNT, type Deployment, deploy } from '../cli/support/deployment.ts'
import { type ServerProcess, startServer } from '../cli/support/server.ts'
import { hammer, type Outcome } from './hammer.ts'

const CUTTING = 'cutting the connections'

function rawConnection(server: ServerProcess): Socket {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  return socket
}

/** A connection on which the body of a write stands still. */
async function stuckWrite(server: ServerProcess, { token }: Deployment): Promise<Socket> {
  const socket = rawConnection(server)
  await once(socket, 'connect')
  socket.write(
    'POST /v1/interactions HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n' +
      `Authorization: Bearer ${token}\r\nContent-Length: 1000\r\n\r\n{"id":`,
  )
  // Answered behind it by the same loop, so the write has arrived.
  await clientOf(server.url, token).ask('/healthz')
  return socket
}

async function assertStored(deployment: Deployment, outcomes: Outcome[]): Promise<void> {
  const store = await openStore(`sqlite:${deployment.file}`)
  try {
    const acknowledged = outcomes.filter(({ status }) => status === 200).flatMap(({ ids }) => ids)
    for (const id of acknowledged) {
      assert.ok((await store.getInteraction(ACCOUNT, id)) !== undefined, `${id} was acknowledged and is gone`)
    }
    assert.ok(acknowledged.length > 0)
  } finally {
    await store.close()
  }
}

test('SIGTERM under load: what was accepted is answered whole and stays, the rest is refused', async (t) => {
  const deployment = await deploy(t)
  const server = await startServer(t, [...deployment.serverFlags, '--shutdown-timeout', '40'])
  await clientOf(server.url, deployment.token).batch(conversations(200))
  const load = hammer(server.url, deployment.token, WINDOW)
  await load.answered(100)
  const ended = once(server.child, 'exit')
  // Twice at once, as it comes from a terminal by way of npm: that is one wish to stop, not two.
  server.child.kill('SIGTERM')
  server.child.kill('SIGINT')
  assert.deepEqual(await ended, [0, null])
  await load.finished
  await sleep(0)
  const log = server.log()
  assert.ok(!log.includes(CUTTING), 'it had to cut connections')
  const { outcomes } = load
  assert.deepEqual(
    outcomes.filter(({ cut, status }) => cut || (status !== undefined && status !== 200)),
    [],
  )
  const failed = outcomes.filter(({ status }) => status === undefined)
  for (const { error } of failed) assert.match(String(error), /^(ECONNREFUSED|ECONNRESET|EPIPE)$/)
  // A request that the server has begun to serve is not among them.
  assert.deepEqual(
    failed.filter(({ requestId }) => log.includes(requestId)),
    [],
  )
  await assertStored(deployment, outcomes)
})

test('SIGKILL while writing: everything acknowledged is there after a restart, whose log nobody reads', async (t) => {
  const deployment = await deploy(t)
  const server = await startServer(t, deployment.serverFlags)
  const load = hammer(server.url, deployment.token, WINDOW, { readers: 1, writers: 4 })
  await load.answered(60)
  assert.deepEqual(await server.end('SIGKILL'), { code: null, signal: 'SIGKILL' })
  await load.finished
  const again = await startServer(t, deployment.serverFlags)
  again.child.stderr?.destroy()
  const api = clientOf(again.url, deployment.token)
  const listed = new Set((await api.list(WINDOW)).map(({ id }) => id))
  const acknowledged = load.outcomes.filter(({ status }) => status === 200).flatMap(({ ids }) => ids)
  assert.deepEqual(
    acknowledged.filter((id) => !listed.has(id)),
    [],
  )
  assert.ok(acknowledged.length > 0)
  assert.equal((await api.put(conversation(9999))).status, 201)
  assert.deepEqual(await again.end('SIGTERM'), { code: 0, signal: null })
})

/** Sent at once, so that the server has begun to serve them all when it is told to stop. */
const REQUESTS = 4

test('idle connections, and answers that are still being read, neither hold up a stop nor are cut', async (t) => {
  const deployment = await deploy(t)
  const server = await startServer(t, deployment.serverFlags)
  const { token } = deployment
  const api = clientOf(server.url, token)
  // Pages of several megabytes in plain text: more than the kernel keeps for a reader that does not read.
  const large = Array.from({ length: 5 }, (_, n) => conversation(n + 1, 'l', 'x'.repeat(900_000)))
  for (const each of large) assert.equal((await api.put(each)).status, 201)
  const silent = rawConnection(server)
  const idle = rawConnection(server)
  idle.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(idle, 'data')
  const slow = rawConnection(server)
  const get = `GET /interactions?${WINDOW} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`
  slow.write(get.repeat(REQUESTS))
  slow.once('readable', () => {})
  await once(slow, 'readable')
  await api.ask('/healthz')
  const gone = Promise.all([once(silent, 'close'), once(idle, 'close')])
  const ended = once(server.child, 'exit')
  server.child.kill('SIGTERM')
  await gone
  assert.equal(server.child.exitCode, null)
  assertWhole(await readAll(slow), REQUESTS)
  assert.deepEqual(await ended, [0, null])
  assert.ok(!server.log().includes(CUTTING), 'it had to cut connections')
})

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** So many answers, none of which ends in the middle. */
function assertWhole(bytes: string, answers: number): void {
  let rest = bytes
  let count = 0
  while (rest !== '') {
    const [head = '', ...body] = rest.split('\r\n\r\n')
    assert.ok(head.startsWith('HTTP/1.1 200 '), head.slice(0, 100))
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
    const text = body.join('\r\n\r\n')
    assert.ok(text.length >= length, `answer ${count + 1} has ${text.length} of ${length} bytes`)
    rest = text.slice(length)
    count += 1
  }
  assert.equal(count, answers)
}

test('a client that is stuck is cut after --shutdown-timeout', async (t) => {
  const deployment = await deploy(t)
  const server = await startServer(t, [...deployment.serverFlags, '--shutdown-timeout', '1'])
  const stuck = await stuckWrite(server, deployment)
  const closed = once(stuck, 'close')
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null })
  await closed
  assert.ok(server.log().includes(CUTTING))
  assert.ok(server.log().includes('"msg":"stopped"'))
})

test('a second signal ends the process at once', async (t) => {
  const deployment = await deploy(t)
  const server = await startServer(t, [...deployment.serverFlags, '--shutdown-timeout', '600'])
  await stuckWrite(server, deployment)
  server.child.kill('SIGTERM')
  await server.logged('"msg":"stopping')
  // Within half a second it would count as the same signal, handed on by a launcher.
  await sleep(700)
  assert.deepEqual(await server.end('SIGINT'), { code: 1, signal: null })
})
