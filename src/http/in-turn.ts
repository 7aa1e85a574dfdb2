import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests of one connection: one runs, the others have come before its answer was taken. */
interface Line {
  running: boolean
  waiting: (() => void)[]
}

/**
 * Lets the requests of a connection run one after the other, in the order in which they came: the next one when the
 * answer before it has been taken to the last byte. Whoever sends many ahead without reading holds no more than who
 * sends one. Node sends answers in that order anyway, so one that overtook another would only wait in memory, and for
 * ever if the other one waited for it. Everything that may take time comes behind it.
 */
export class Lines {
  readonly #lines = new WeakMap<Socket, Line>()

  /** Runs `start` when it is the request's turn. */
  enter({ socket }: IncomingMessage, response: ServerResponse, start: () => void): void {
    const line = this.#lines.get(socket) ?? this.#lineOf(socket)
    const begin = () => {
      response.once('close', () => next(line, socket))
      start()
    }
    if (line.running) line.waiting.push(begin)
    else {
      line.running = true
      begin()
    }
  }

  /** Whether more requests have come on this connection, which wait for their turn. */
  othersWait(socket: Socket): boolean {
    return (this.#lines.get(socket)?.waiting.length ?? 0) > 0
  }

  #lineOf(socket: Socket): Line {
    const line: Line = { running: false, waiting: [] }
    this.#lines.set(socket, line)
    socket.once('close', () => line.waiting.splice(0))
    return line
  }
}

function next(line: Line, socket: Socket): void {
  // Nobody is there to answer, and the answer is told before the connection that it has closed.
  if (socket.destroyed) line.waiting.splice(0)
  const start = line.waiting.shift()
  if (start === undefined) line.running = false
  else start()
}
