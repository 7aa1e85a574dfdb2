import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './errors.ts'

const MEBIBYTE = 1024 * 1024
/** What answers that are handed over and not yet taken may hold together. */
export const MAX_ANSWERS_BYTES = 32 * MEBIBYTE
/** What an answer counts as before it is known how long it is: four times an ordinary page. */
const EXPECTED_BYTES = MEBIBYTE / 4
/** Answers that are read from the store at once: before it is read, nobody knows how long one is. */
const MAX_READING = 4
/** Milliseconds for which a client may keep an answer waiting while others find no room. */
export const MAX_PATIENCE = 30_000

/** A connection with an answer that its client has not taken to the last byte. */
interface Connection {
  /** What is held for it: of answers that have been taken, nothing. */
  bytes: number
  /** When it was last let in, in milliseconds. */
  since: number
  busy: boolean
  /** Whether its answer is being read, and how long it is not known. */
  reading: boolean
  gone: boolean
  /** Requests that came before the answer to an earlier one was taken. */
  waiting: (() => void)[]
}

/**
 * Bounds the bytes of large answers that wait for their clients to read them. A connection has one such answer at
 * a time: whoever asks for more before it has read holds no more. Where there is no room, those who have kept theirs
 * waiting for MAX_PATIENCE are cut, and the others are told to come again (503).
 */
export class Answers {
  readonly #now: () => number
  readonly #total: number
  #held = 0
  #reading = 0
  /** Those that wait for somebody else's answer to be read. */
  readonly #next: (() => void)[] = []
  readonly #connections = new WeakMap<Socket, Connection>()
  readonly #busy = new Map<Connection, Socket>()

  constructor(total: number, now: () => number) {
    this.#total = total
    this.#now = now
  }

  /**
   * To be awaited before an answer is read from the store; no promise where it can go on at once. ApiError
   * `overloaded` where there is no room.
   */
  admit({ raw: { socket } }: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const connection = this.#connections.get(socket) ?? this.#connect(socket)
    if (!connection.busy && this.#reading < MAX_READING) {
      this.#enter(connection, socket, reply)
      return undefined
    }
    return this.#wait(connection, socket, reply)
  }

  /** The answer of a connection that was let in is so long. */
  settle({ raw: { socket } }: FastifyRequest, bytes: number): void {
    const connection = this.#connections.get(socket)
    if (connection === undefined || !connection.reading) return
    this.#endReading(connection)
    this.#hold(connection, bytes)
  }

  /** Whether more requests have come on this connection, which wait for its answer to be taken. */
  othersWait({ raw: { socket } }: FastifyRequest): boolean {
    return (this.#connections.get(socket)?.waiting.length ?? 0) > 0
  }

  async #wait(connection: Connection, socket: Socket, reply: FastifyReply): Promise<void> {
    while (connection.busy && !connection.gone) {
      await new Promise<void>((resolve) => connection.waiting.push(resolve))
    }
    while (this.#reading >= MAX_READING) await new Promise<void>((resolve) => this.#next.push(resolve))
    try {
      this.#enter(connection, socket, reply)
    } catch (error) {
      // It has been called and takes no turn.
      this.#next.shift()?.()
      throw error
    }
  }

  #enter(connection: Connection, socket: Socket, reply: FastifyReply): void {
    if (this.#held + EXPECTED_BYTES > this.#total) this.#cutTheSlow()
    if (connection.gone || this.#held + EXPECTED_BYTES > this.#total) throw new ApiError('overloaded')
    connection.busy = true
    connection.reading = true
    this.#reading += 1
    connection.since = this.#now()
    this.#busy.set(connection, socket)
    this.#hold(connection, EXPECTED_BYTES)
    reply.raw.once('close', () => this.#leave(connection))
  }

  #hold(connection: Connection, bytes: number): void {
    this.#held += bytes - connection.bytes
    connection.bytes = bytes
  }

  #endReading(connection: Connection): void {
    if (!connection.reading) return
    connection.reading = false
    this.#reading -= 1
    this.#next.shift()?.()
  }

  #leave(connection: Connection): void {
    this.#endReading(connection)
    this.#hold(connection, 0)
    connection.busy = false
    this.#busy.delete(connection)
    connection.waiting.shift()?.()
  }

  #connect(socket: Socket): Connection {
    const connection = {
      bytes: 0,
      since: 0,
      busy: false,
      reading: false,
      gone: socket.destroyed,
      waiting: [],
    }
    this.#connections.set(socket, connection)
    // Answers that stand behind another one are not told that their connection has closed.
    socket.once('close', () => this.#forget(connection))
    return connection
  }

  #forget(connection: Connection): void {
    connection.gone = true
    this.#leave(connection)
    for (const resume of connection.waiting.splice(0)) resume()
  }

  #cutTheSlow(): void {
    const before = this.#now() - MAX_PATIENCE
    for (const [connection, socket] of this.#busy) {
      if (connection.since > before) continue
      this.#forget(connection)
      socket.destroy()
    }
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    answers: Answers
  }
  interface FastifyRequest {
    /** Whether the answer counts among those of `Answers`. */
    admitted: boolean
  }
}

/** Lets routes say `await admit(request, reply)` before they read what may be large. */
export function boundAnswers(app: FastifyInstance): void {
  app.decorate('answers', new Answers(MAX_ANSWERS_BYTES, () => performance.now()))
  app.decorateRequest('admitted', false)
  app.addHook('onSend', (request, _reply, payload, done) => {
    if (request.admitted)
      request.server.answers.settle(request, Buffer.isBuffer(payload) ? payload.length : 0)
    done()
  })
}

/** Waits until the connection has taken its earlier answer; ApiError `overloaded` where there is no room for one. */
export function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
  request.admitted = true
  return request.server.answers.admit(request, reply)
}
