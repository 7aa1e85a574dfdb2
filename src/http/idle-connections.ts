import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Connection {
  /** Requests whose answers have not been sent to the last byte. */
  answering: number
  /** Bytes received when the last answer was sent and its request had ended: more means that another request has begun. */
  received: number
}

/**
 * Replaces how a server that closes picks the connections it may close at once. Node takes one for idle as soon as
 * its answer is handed over, though most of a page may still have to be sent, and so cuts slow readers; and it asks
 * only once, so that a connection whose answer was under way would be kept until it times out. Here a connection is
 * closed when its last answer has been sent, and not before.
 */
export function closeOnlyIdle(server: Server): void {
  const connections = new Map<Socket, Connection>()
  let closing = false

  function closeIfIdle(socket: Socket, { answering, received }: Connection): void {
    if (closing && answering === 0 && socket.bytesRead === received) socket.destroySoon()
  }

  server.on('connection', (socket: Socket) => {
    connections.set(socket, { answering: 0, received: 0 })
    socket.once('close', () => connections.delete(socket))
  })
  // Ahead of the application, which may answer before anyone else hears of the request.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const connection = connections.get(socket)
    if (connection === undefined) return
    const settle = () => {
      connection.received = socket.bytesRead
      closeIfIdle(socket, connection)
    }
    connection.answering += 1
    response.once('close', () => {
      connection.answering -= 1
      settle()
    })
    // What still comes of a body that was refused is no other request.
    request.once('end', settle)
  })
  server.closeIdleConnections = () => {
    closing = true
    for (const [socket, connection] of connections) closeIfIdle(socket, connection)
  }
}
