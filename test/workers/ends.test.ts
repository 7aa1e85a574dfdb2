import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { conversation, ndjson } from '../cli/support/conversations.ts'
import { deploy } from '../cli/support/deployment.ts'
import type { ServerProcess } from '../cli/support/server.ts'
import { ask, askEach, logged, pidsOf, startWorkers } from './support.ts'

const CUTTING = 'cutting the connections'

interface Begun {
  socket: Socket
  /** Sends what is missing, and gives all that comes back. */
  finish(): Promise<string>
}

/** A write whose body has come half. */
async function beginWrite(server: ServerProcess, token: string, name: string): Promise<Begun> {
  const { hostname, port } = new URL(server.url)
  const body = ndjson([conversation(1, name), conversation(2, name)])
  const half = body.length / 2
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(
    'POST /v1/interactions HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n' +
      `Authorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, half)}`,
  )
  return {
    socket,
    finish() {
      socket.write(body.slice(half))
      return text(socket)
    },
  }
}

/** A server, and writes that both of its workers have begun to serve. */
async function serverWithWrites(t: TestContext, args: string[] = []) {
  const deployment = await deploy(t)
  const server = await startWorkers(t, [...deployment.serverFlags, ...args])
  const writes = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => beginWrite(server, deployment.token, name)),
  )
  // Answered behind them by the same loops, so they have arrived.
  await askEach(server, () => ask(server, '/none'))
  return { server, writes }
}

async function assertFinished(writes: Begun[]): Promise<void> {
  for (const answer of await Promise.all(writes.map(({ finish }) => finish()))) {
    assert.ok(answer.startsWith('HTTP/1.1 200 '), answer)
    assert.match(answer, /"created":2/)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('Ctrl-C reaches every process of the terminal: both workers finish what runs, and all end with 0', async (t) => {
  const { server, writes } = await serverWithWrites(t, ['--shutdown-timeout', '50'])
  const ended = once(server.child, 'exit')
  const pids = [...pidsOf(server).values()]
  for (const pid of [...pids, server.child.pid as number]) process.kill(pid, 'SIGINT')
  await logged(server, 'stopping: no new connections, finishing what runs', 2)
  await assertFinished(writes)
  assert.deepEqual(await ended, [0, null])
  assert.deepEqual(pids.filter(isRunning), [])
  assert.ok(!server.log().includes(CUTTING), 'it had to cut connections')
  assert.equal((await logged(server, 'stopped', 2)).length, 2)
})

test('a second Ctrl-C ends all at once', async (t) => {
  const { server, writes } = await serverWithWrites(t, ['--shutdown-timeout', '600'])
  server.child.kill('SIGINT')
  await logged(server, 'stopping: no new connections, finishing what runs', 2)
  // Within half a second it would count as the same one, handed on by a launcher.
  await sleep(700)
  const { stderr } = server.child
  const silent = stderr && once(stderr, 'close')
  assert.deepEqual(await server.end('SIGINT'), { code: 1, signal: null })
  // The last process that could write there has gone.
  await silent
  for (const { socket } of writes) socket.destroy()
})

test('without the primary, workers finish what runs and end by themselves', async (t) => {
  const { server, writes } = await serverWithWrites(t)
  const { stderr } = server.child
  const silent = stderr && once(stderr, 'close')
  assert.deepEqual(await server.end('SIGKILL'), { code: null, signal: 'SIGKILL' })
  await logged(server, 'stopping: no new connections, finishing what runs', 2)
  await assertFinished(writes)
  await silent
  assert.equal((await logged(server, 'stopped', 2)).length, 2)
})
