/** The letter of a message, and its length, which counts itself and not the letter. */
export const HEAD = 5
/** A message that comes in pieces is put together in memory that is kept for the next one, up to this. */
const KEPT = 64 * 1024
const NONE: Buffer = Buffer.alloc(0)

/**
 * Takes a message of the server: its letter, and where its body lies in `bytes`, which are used again for what comes next. So
 * whatever is to stay has to be copied before this returns.
 */
export type Take = (letter: number, bytes: Buffer, from: number, to: number) => void

/**
 * Cuts what a server sends into messages, and reads none of them. Nothing is copied but a message that comes in several
 * pieces: a page of rows is looked at where it was received.
 */
export class MessageParser {
  readonly #take: Take
  /** The beginning of a message that is not complete, and how much of it is there. */
  #begun = NONE
  #held = 0

  constructor(take: Take) {
    this.#take = take
  }

  /** What was received: the first `length` bytes of the chunk. */
  push(chunk: Buffer, length = chunk.length): void {
    let at = this.#held > 0 ? this.#complete(chunk, length) : 0
    while (length - at >= HEAD) {
      const end = at + lengthAt(chunk, at)
      if (end > length) break
      this.#take(chunk[at] as number, chunk, at + HEAD, end)
      at = end
    }
    if (at < length) this.#hold(chunk, at, length)
  }

  /** Adds to the message that was begun, and tells it where it is complete; gives where the rest of the chunk begins. */
  #complete(chunk: Buffer, length: number): number {
    let at = 0
    if (this.#held < HEAD) at = this.#hold(chunk, 0, Math.min(length, HEAD - this.#held))
    if (this.#held < HEAD) return at
    const whole = lengthAt(this.#begun, 0)
    at = this.#hold(chunk, at, Math.min(length, at + whole - this.#held))
    if (this.#held < whole) return at
    this.#held = 0
    this.#take(this.#begun[0] as number, this.#begun, HEAD, whole)
    if (this.#begun.length > KEPT) this.#begun = NONE
    return at
  }

  #hold(chunk: Buffer, from: number, to: number): number {
    const held = this.#held + to - from
    if (held > this.#begun.length) this.#begun = this.#grown(held)
    chunk.copy(this.#begun, this.#held, from, to)
    this.#held = held
    return to
  }

  /** Once the length of the message is known, with room for all of it. */
  #grown(least: number): Buffer {
    const whole = this.#held < HEAD ? 0 : lengthAt(this.#begun, 0)
    const grown = Buffer.allocUnsafeSlow(Math.max(least, whole, KEPT))
    this.#begun.copy(grown, 0, 0, this.#held)
    return grown
  }
}

/** The bytes of the message that begins here, its letter included. */
function lengthAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 1) + 1
}
