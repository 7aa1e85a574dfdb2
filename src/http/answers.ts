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

/** An answer that was let in and is not taken to the last byte yet. */
interface Answer {
  socket: Socket
  bytes: number
  /** When it was let in, in milliseconds. */
  since: number
  /** Whether it is being read, and how long it is not known. */
  reading: boolean
}

/**
 * Bounds the bytes of large answers that wait for their clients to read them. Where there is no room, those who have
 * kept theirs waiting for MAX_PATIENCE are cut, and the others are told to come again (503). A connection has one
 * request at a time (in-turn.ts), and so one answer.
 */
export class Answers {
  readonly #now: () => number
  readonly #total: number
  #held = 0
  #reading = 0
  /** Those that wait for somebody else's answer to be read. */
  readonly #next: (() => void)[] = []
  readonly #answers = new Set<Answer>()

  constructor(total: number, now: () => number) {
    this.#total = total
    this.#now = now
  }

  /**
   * To be called before an answer is read from the store; no promise where it can go on at once. ApiError `overloaded`
   * where there is no room. `leave` is to be called when the answer is taken, or its connection is gone.
   */
  admit(socket: Socket): Answer | Promise<Answer> {
    return this.#reading < MAX_READING ? this.#enter(socket) : this.#wait(socket)
  }

  /** An answer that was let in has been read, and is so long. */
  settle(answer: Answer, bytes: number): void {
    if (!answer.reading || !this.#answers.has(answer)) return
    this.#endReading(answer)
    this.#hold(answer, bytes)
  }

  leave(answer: Answer): void {
    if (!this.#answers.delete(answer)) return
    this.#endReading(answer)
    this.#hold(answer, 0)
  }

  async #wait(socket: Socket): Promise<Answer> {
    while (this.#reading >= MAX_READING) await new Promise<void>((resolve) => this.#next.push(resolve))
    try {
      return this.#enter(socket)
    } catch (error) {
      // It was called and takes no turn, so somebody else may.
      this.#next.shift()?.()
      throw error
    }
  }

  #enter(socket: Socket): Answer {
    if (this.#held + EXPECTED_BYTES > this.#total) this.#cutTheSlow()
    if (socket.destroyed || this.#held + EXPECTED_BYTES > this.#total) throw new ApiError('overloaded')
    const answer = { socket, bytes: 0, since: this.#now(), reading: true }
    this.#answers.add(answer)
    this.#reading += 1
    this.#hold(answer, EXPECTED_BYTES)
    return answer
  }

  #hold(answer: Answer, bytes: number): void {
    this.#held += bytes - answer.bytes
    answer.bytes = bytes
  }

  #endReading(answer: Answer): void {
    if (!answer.reading) return
    answer.reading = false
    this.#reading -= 1
    this.#next.shift()?.()
  }

  #cutTheSlow(): void {
    const before = this.#now() - MAX_PATIENCE
    for (const answer of this.#answers) {
      if (answer.since > before) continue
      this.leave(answer)
      answer.socket.destroy()
    }
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    answers: Answers
  }
  interface FastifyRequest {
    /** Set by `admit`. */
    answer: Answer | undefined
  }
}

/** Lets routes say `await admit(request, reply)` before they read what may be large. */
export function boundAnswers(app: FastifyInstance): void {
  const answers = new Answers(MAX_ANSWERS_BYTES, () => performance.now())
  app.decorate('answers', answers)
  app.decorateRequest('answer', undefined)
  app.addHook('onSend', ({ answer }, _reply, payload, done) => {
    if (answer !== undefined) answers.settle(answer, Buffer.isBuffer(payload) ? payload.length : 0)
    done()
  })
}

/** Waits until it may be read; ApiError `overloaded` where there is no room for one more answer. */
export function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
  const { answers } = request.server
  const enter = (answer: Answer) => {
    request.answer = answer
    reply.raw.once('close', () => answers.leave(answer))
    // Its connection may have closed while it waited, and `close` with it.
    if (reply.raw.closed || reply.raw.destroyed) answers.leave(answer)
  }
  const admitted = answers.admit(request.raw.socket)
  if (admitted instanceof Promise) return admitted.then(enter)
  enter(admitted)
  return undefined
}
