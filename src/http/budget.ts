/** Bytes that a chunk takes besides its own: a body that comes a byte at a time is made of such. */
export const CHUNK_BYTES = 512

/** Bytes; far more than bodies of ordinary size. */
const MUCH = 2 * 1024 * 1024

/**
 * Bounds the bytes that running requests hold together. A body takes room as it arrives, so that a slow sender
 * holds no more than it has sent; who finds none left is answered 503 and tries again. Waiting instead would
 * let half-read bodies wait for each other.
 */
export class ByteBudget {
  readonly #total: number
  #free: number
  #much = false
  readonly #onMuch: (much: boolean) => void

  /** `onMuch` is told when more than MUCH is held, and when it is no more than that again. */
  constructor(total: number, onMuch: (much: boolean) => void = () => {}) {
    this.#total = total
    this.#free = total
    this.#onMuch = onMuch
  }

  /** Takes room, if there is enough. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false
    this.give(-bytes)
    return true
  }

  give(bytes: number): void {
    this.#free += bytes
    const much = this.#total - this.#free > MUCH
    if (much !== this.#much) this.#onMuch(much)
    this.#much = much
  }
}

/** What one request holds of a budget. */
export class Room {
  readonly #budget: ByteBudget
  #held = 0

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** Holds so many bytes from now on, more or less than before; false, and as before, where there is no room. */
  resize(bytes: number): boolean {
    if (!this.#budget.take(bytes - this.#held)) return false
    this.#held = bytes
    return true
  }

  /** Gives everything back. */
  leave(): void {
    this.resize(0)
  }

  get held(): number {
    return this.#held
  }
}
