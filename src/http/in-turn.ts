import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Requests of one connection: one runs, the others have come before its answer was taken. */
interface Line {
  running: boolean
  waiting: (() => void)[]
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether more requests have come on this connection, which wait for their turn. */
    othersWait(request: FastifyRequest): boolean
  }
}

/**
 * Lets the requests of a connection run one after the other, in the order in which they came: the next one when the
 * answer before it has been taken to the last byte. Whoever sends many ahead without reading holds no more than who
 * sends one. Node sends answers in that order anyway, so one that overtook another would only wait in memory, and for
 * ever if the other one waited for it. To be registered before all that may take time.
 */
export function runInTurn(app: FastifyInstance): void {
  const lines = new WeakMap<Socket, Line>()
  app.decorate('othersWait', ({ raw: { socket } }) => (lines.get(socket)?.waiting.length ?? 0) > 0)
  app.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
    const line = lines.get(socket) ?? lineOf(socket)
    const start = () => {
      reply.raw.once('close', () => next(line))
      done()
    }
    if (line.running) line.waiting.push(start)
    else {
      line.running = true
      start()
    }
  })

  function lineOf(socket: Socket): Line {
    const line: Line = { running: false, waiting: [] }
    lines.set(socket, line)
    // Nobody is there to answer, and Node tells those behind the first one nothing of it.
    socket.once('close', () => line.waiting.splice(0))
    return line
  }
}

function next(line: Line): void {
  const start = line.waiting.shift()
  if (start === undefined) line.running = false
  else start()
}
