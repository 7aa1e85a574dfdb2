import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from './errors.ts'

const MEBIBYTE = 1024 * 1024
/** What answers that are handed over and not yet taken may hold together. */
export const MAX_ANSWERS_BYTES = 32 * MEBIBYTE
/** What the batches of all streams may hold of that: the rest is left to pages. */
const STREAMS_PART = 1 / 2
/** What an answer counts as before it is known how long it is: four times an ordinary page. */
const EXPECTED_BYTES = MEBIBYTE / 4
/** Answers that are read from the store at once: before it is read, nobody knows how long one is. */
const MAX_READING = 4
/** Milliseconds for which a client may keep an answer waiting while others find no room. */
export const MAX_PATIENCE = 30_000
/** Milliseconds after which who waits for room looks for answers that have become slow meanwhile. */
const RETRY = 1000

/** An answer that was let in and is not taken to the last byte yet. */
interface Answer {
  bytes: number
  /** When it was let in, in milliseconds. */
  since: number
  /** Whether it is being read, and how long it is not known. */
  reading: boolean
  /** Whether it is a batch of a stream. */
  streamed: boolean
  /** Closes its connection. */
  cut(): void
}

/** Who asks for room for a batch of a stream. */
export interface Streaming {
  /** Closes its connection, where it keeps the batch and others need the room. */
  cut(): void
  /** Whether nobody waits for the batch any more. */
  left(): boolean
}

/**
 * Bounds the bytes of large answers that wait for their clients to read them. Where there is no room, those who have
 * kept theirs waiting for MAX_PATIENCE are cut, and the others are told to come again (503); a stream, which has begun
 * to answer, waits instead. A connection has one request at a time (in-turn.ts), and so one answer.
 */
export class Answers {
  readonly #now: () => number
  readonly #total: number
  #held = 0
  /** What streams hold of it. */
  #streamed = 0
  #reading = 0
  /** Those that wait for somebody else's answer to be read. */
  readonly #next: (() => void)[] = []
  /** Streams that wait for room. */
  readonly #queue: (() => void)[] = []
  #retry: NodeJS.Timeout | undefined
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

  /**
   * The same for a batch of a stream: it waits for room, in the order in which they came. Undefined where nobody waits
   * for it any more.
   */
  async admitBatch({ cut, left }: Streaming): Promise<Answer | undefined> {
    if (this.#queue.length > 0) await this.#sleep('last')
    while (!left()) {
      if (this.#reading >= MAX_READING) {
        await new Promise<void>((resolve) => this.#next.push(resolve))
      } else if (this.#hasRoomForBatch()) {
        const answer = this.#add({ streamed: true, cut })
        this.#wake()
        return answer
      } else {
        this.#next.shift()?.()
        await this.#sleep('first')
      }
    }
    // It may have been called, and takes neither a turn nor room.
    if (this.#reading < MAX_READING) this.#next.shift()?.()
    this.#wake()
    return undefined
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
    if (this.#isFull()) this.#cutTheSlow(() => true)
    if (socket.destroyed || this.#isFull()) throw new ApiError('overloaded')
    return this.#add({ streamed: false, cut: () => socket.destroy() })
  }

  #isFull(): boolean {
    return this.#held + EXPECTED_BYTES > this.#total
  }

  #hasRoomForBatch(): boolean {
    const isPartFull = () => this.#streamed + EXPECTED_BYTES > this.#total * STREAMS_PART
    if (isPartFull()) this.#cutTheSlow(({ streamed }) => streamed)
    if (this.#isFull()) this.#cutTheSlow(() => true)
    return !isPartFull() && !this.#isFull()
  }

  #add(given: Pick<Answer, 'streamed' | 'cut'>): Answer {
    const answer = { ...given, bytes: 0, since: this.#now(), reading: true }
    this.#answers.add(answer)
    this.#reading += 1
    this.#hold(answer, EXPECTED_BYTES)
    return answer
  }

  #hold(answer: Answer, bytes: number): void {
    const more = bytes - answer.bytes
    this.#held += more
    if (answer.streamed) this.#streamed += more
    answer.bytes = bytes
    if (more < 0) this.#wake()
  }

  /** Waits until room is given back, or others may have become slow. */
  #sleep(place: 'first' | 'last'): Promise<void> {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#wake()
    }, RETRY)
    return new Promise((resolve) => this.#queue[place === 'first' ? 'unshift' : 'push'](resolve))
  }

  #wake(): void {
    this.#queue.shift()?.()
    if (this.#queue.length > 0) return
    clearTimeout(this.#retry)
    this.#retry = undefined
  }

  #endReading(answer: Answer): void {
    if (!answer.reading) return
    answer.reading = false
    this.#reading -= 1
    this.#next.shift()?.()
  }

  #cutTheSlow(mayCut: (answer: Answer) => boolean): void {
    const before = this.#now() - MAX_PATIENCE
    for (const answer of this.#answers) {
      if (answer.since > before || !mayCut(answer)) continue
      this.leave(answer)
      answer.cut()
    }
  }
}

/** One request's place among the answers. */
export class Admission {
  readonly #answers: Answers
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #answer: Answer | undefined

  constructor(answers: Answers, request: IncomingMessage, response: ServerResponse) {
    this.#answers = answers
    this.#request = request
    this.#response = response
  }

  /**
   * To be awaited before what may be large is read; no promise where it may be read at once. ApiError `overloaded`
   * where there is no room for one more answer.
   */
  enter(): Promise<void> | undefined {
    const admitted = this.#answers.admit(this.#request.socket)
    if (admitted instanceof Promise) return admitted.then((answer) => this.#hold(answer))
    this.#hold(admitted)
    return undefined
  }

  /** It has been read, and is so long; 0 where it could not be read. */
  settle(bytes: number): void {
    if (this.#answer !== undefined) this.#answers.settle(this.#answer, bytes)
  }

  #hold(answer: Answer): void {
    this.#answer = answer
    const response = this.#response
    response.once('close', () => this.#answers.leave(answer))
    // Its connection may have closed while it waited, and `close` with it.
    if (response.closed || response.destroyed) this.#answers.leave(answer)
  }
}
