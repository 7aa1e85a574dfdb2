import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { cleanUp } from '../sqlite/support.ts'

/** BackendKeyData: the process id and the secret of a connection. */
const KEY_DATA = 0x4b

/**
 * Stands between client and server as a pooler does, in so far as it tells the client process ids of its own making. Gives
 * the URL of the same database through it.
 */
export async function startPooler(t: TestContext, url: string): Promise<string> {
  const { host, port, user, password = '', database } = readAddress(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const behind = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
    client.pipe(behind)
    renumber(behind, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp(t, () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${(server.address() as AddressInfo).port}/${database}`
}

/** Passes on what the server says, with another process id. */
function renumber(from: Socket, to: Socket): void {
  let begun = Buffer.alloc(0)
  const onData = (chunk: Buffer) => {
    begun = Buffer.concat([begun, chunk])
    while (begun.length >= 5 && begun.length > begun.readUInt32BE(1)) {
      const message = begun.subarray(0, begun.readUInt32BE(1) + 1)
      begun = begun.subarray(message.length)
      if (message[0] === KEY_DATA) message.writeInt32BE(1, 5)
      to.write(message)
      if (message[0] !== KEY_DATA) continue
      from.off('data', onData)
      to.write(begun)
      from.pipe(to)
      return
    }
  }
  from.on('data', onData)
}
