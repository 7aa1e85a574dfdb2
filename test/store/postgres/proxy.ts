import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { cleanUp } from '../sqlite/support.ts'

/** What becomes of the next commit: it never arrives, or its answer never does. The connection is cut then. */
export type Cut = 'before' | 'after'

export interface Proxy {
  /** The URL of the same database by way of it. */
  url: string
  /** Cuts one connection, at the next commit that is sent; resolves when that has been done. */
  cutAtCommit(cut: Cut): Promise<void>
  /** From now on new connections lead to the server of this URL; those that are open are cut. */
  lead(url: string): void
}

const COMMIT = 'COMMIT\0'

/** Stands between client and server, and passes on what they say until it is told to cut. */
export async function startProxy(t: TestContext, given: string): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let target = given
  let next: { cut: Cut; done(): void } | undefined

  const server = createServer((client) => {
    const { host, port } = readAddress(target)
    const behind = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    const end = () => {
      client.destroy()
      behind.destroy()
    }
    for (const socket of [client, behind]) {
      sockets.add(socket)
      socket.on('error', end).on('close', end)
      socket.on('close', () => sockets.delete(socket))
    }
    function passOn(from: Socket, to: Socket, cut: Cut): void {
      let heard = ''
      from.on('data', (chunk: Buffer) => {
        // A message may come in pieces.
        heard = heard.slice(-COMMIT.length) + chunk.toString('latin1')
        if (next?.cut !== cut || !heard.includes(COMMIT)) {
          to.write(chunk)
          return
        }
        end()
        next.done()
        next = undefined
      })
    }
    passOn(client, behind, 'before')
    passOn(behind, client, 'after')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  cleanUp(t, () => {
    server.close()
    cutAll()
  })
  const url = new URL(given)
  url.search = ''
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    cutAtCommit: (cut) => new Promise((done) => (next = { cut, done })),
    lead(to) {
      target = to
      cutAll()
    },
  }
}
