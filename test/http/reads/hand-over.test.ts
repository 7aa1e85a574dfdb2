import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { logRequests } from '../../../src/http/plugins/request-log.ts'
import { cutFollower, handOver, readableOf } from '../../../src/http/reads/hand-over.ts'
import { until } from '../support.ts'

const MEBIBYTE = 1024 * 1024
/** More than the system takes for a connection that nobody reads. */
const PIECES = 64

/** A server whose answer is long, and how much of it was made. */
async function serve(patience: number) {
  const log: { msg: string }[] = []
  const app = Fastify({
    logger: { stream: { write: (line: string) => log.push(JSON.parse(line)) } },
    forceCloseConnections: true,
  })
  logRequests(app)
  const made = { pieces: 0, ended: false }
  app.get('/', async (request, reply) => {
    const { socket } = request.raw
    const cut = () => {
      cutFollower(request)
      // By who needs its room, before it has left.
      cutFollower(request)
    }
    async function* pieces() {
      try {
        for (; made.pieces < PIECES; made.pieces += 1) {
          yield* handOver({ socket, patience, cut }, Buffer.alloc(MEBIBYTE, 'x'))
        }
      } finally {
        made.ended = true
      }
    }
    return reply.send(readableOf(pieces(), () => {}))
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, address, made, log: () => log.map(({ msg }) => msg) }
}

test('who does not read is cut, and the log says that it was us', async (t) => {
  const { app, address, made, log } = await serve(100)
  t.after(() => app.close())
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname).pause()
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => made.ended)
  assert.ok(made.pieces < PIECES)
  assert.equal(log().filter((line) => line === 'a follower was cut: it did not read').length, 1)
  // By now the framework has heard that the connection is closed.
  await new Promise((resolve) => app.server.close(resolve))
  assert.ok(!log().includes('client went away'))
})

test('who reads gets everything', async (t) => {
  const { app, address, made } = await serve(60_000)
  t.after(() => app.close())
  const bytes = await (await fetch(address)).arrayBuffer()
  assert.equal(bytes.byteLength, PIECES * MEBIBYTE)
  assert.equal(made.pieces, PIECES)
})
