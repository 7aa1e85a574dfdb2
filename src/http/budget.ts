/**
 * Bounds the bytes that the bodies of running requests hold together. A body takes room as it arrives, so that a slow
 * sender holds no more than it has sent; who finds none left is answered 503 and tries again. Waiting instead would
 * let half-read bodies wait for each other.
 */
export class ByteBudget {
  #free: number

  constructor(total: number) {
    this.#free = total
  }

  /** Takes room, if there is enough. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false
    this.#free -= bytes
    return true
  }

  give(bytes: number): void {
    this.#free += bytes
  }
}
