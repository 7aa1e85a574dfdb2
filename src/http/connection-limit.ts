import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Closes connections beyond so many at once. Not by Node's own `maxConnections`: in a worker that one hands the
 * connection back, and where all workers are full they pass it round without end (seen: half a core for one).
 */
export function limitConnections(server: Server, max: number): void {
  let open = 0
  server.on('connection', (socket: Socket) => {
    open += 1
    socket.once('close', () => {
      open -= 1
    })
    if (open > max) socket.destroy()
  })
}
