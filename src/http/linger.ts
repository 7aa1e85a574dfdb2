import type { FastifyRequest } from 'fastify'

const LINGER = 5000

/**
 * Reads on, for a while, what a client is still sending of a body that was refused: closing at once would reset the
 * connection, and the client might never see the answer (RFC 9112, 9.6).
 */
export function lingerOnBody({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return
  raw.resume()
  const timer = setTimeout(() => raw.destroy(), LINGER)
  const { socket } = raw
  const done = () => {
    clearTimeout(timer)
    socket.off('close', done)
  }
  // Of the connection and not of the request, which is not told any more once it is answered.
  socket.once('close', done)
  raw.once('end', done)
}
