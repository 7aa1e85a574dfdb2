import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { startServer } from '../fixtures/server.ts'

const LIMIT = 3
const server = await startServer({ after }, { PARLANCE_MAX_CONNECTIONS: String(LIMIT) })
const { hostname, port } = new URL(server.address)

/** A connection that asks one thing: `answered`, or `closed` without an answer. */
async function open(): Promise<{ socket: Socket; outcome: string }> {
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  const outcome = await Promise.race([
    once(socket, 'data').then(() => 'answered'),
    new Promise<string>((resolve) => socket.once('close', () => resolve('closed'))),
  ])
  return { socket, outcome }
}

test('connections beyond the limit are closed, until others have gone', async () => {
  const first = await Promise.all(Array.from({ length: LIMIT }, open))
  assert.deepEqual(
    first.map(({ outcome }) => outcome),
    ['answered', 'answered', 'answered'],
  )
  for (let each = 0; each < 3; each += 1) assert.equal((await open()).outcome, 'closed')
  first[0]?.socket.destroy()
  // The server may hear of it a moment later.
  let last = await open()
  while (last.outcome === 'closed') last = await open()
  for (const { socket } of [...first, last]) socket.destroy()
})
