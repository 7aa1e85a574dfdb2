import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { Lines } from '../../src/http/in-turn.ts'

test('what waits behind an answer whose client has gone is never begun', async (t) => {
  const lines = new Lines()
  const begun: string[] = []
  const left = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    lines.enter(request, response, () => {
      begun.push(String(request.url))
      response.once('close', () => left.resolve())
    })
    if (request.url === '/second') arrived.resolve()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n')
  await arrived.promise
  socket.destroy()
  await left.promise
  // Whatever would begin now has begun after a turn of the loop.
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(begun, ['/first'])
})
