import { Row } from './row.ts'

/** Takes the rows of a statement as they come. */
export interface RowReader {
  /** The body of a row, in bytes that are used again: what is to stay has to be copied. */
  take(bytes: Buffer, from: number, to: number): void
}

const NONE: Buffer = Buffer.alloc(0)
const LEAST = 256
const MOST = 256 * 1024

/** Keeps rows as they are, copied into memory of their own. */
export class KeptRows implements RowReader {
  readonly rows: Row[] = []
  #memory = NONE
  #used = 0

  take(bytes: Buffer, from: number, to: number): void {
    const length = to - from
    if (this.#used + length > this.#memory.length) {
      // What is small lies in Node's pool with others' bytes; see freeRows.
      this.#memory = Buffer.allocUnsafe(
        Math.max(length, Math.min(MOST, Math.max(LEAST, 2 * this.#memory.length))),
      )
      this.#used = 0
    }
    bytes.copy(this.#memory, this.#used, from, to)
    this.rows.push(new Row(this.#memory, this.#used))
    this.#used += length
  }
}
