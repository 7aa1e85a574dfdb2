import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'

test('a server that takes connections and says nothing is waited for once', {
  timeout: 20_000,
}, async (t) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const database = openDatabase(readAddress(`postgres://ann@127.0.0.1:${port}/x`), DEFAULTS, 200)
  t.after(async () => {
    await database.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const late = (error: Error) => error instanceof StoreUnavailable && /in time/.test(error.message)
  await assert.rejects(database.run(sql('SELECT 1')), late)
  await assert.rejects(
    database.transaction((transaction) => transaction.run(sql('SELECT 1'))),
    late,
  )
  assert.equal(sockets.length, 2)
})
