import { exact } from './row.ts'

const INT8_BYTES = 8

/** Goes through the columns of a row in their order, without making anything of those that nobody wants. */
export class Columns {
  #bytes: Buffer
  #at: number
  /** Where the value of the last column lies; negative where it is null. */
  from = -1
  to = -1

  /** `at`: where the body of the row's message begins. */
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at + 2
  }

  /** Goes to the next column, and gives whether it is not null. */
  next(): boolean {
    const length = this.#bytes.readInt32BE(this.#at)
    this.from = length < 0 ? -1 : this.#at + 4
    this.to = length < 0 ? -1 : this.from + length
    this.#at = length < 0 ? this.#at + 4 : this.to
    return length >= 0
  }

  /** The next column, a `bigint` that is not null. */
  integer(): number {
    if (!this.next() || this.to - this.from !== INT8_BYTES) throw new TypeError('the column is no bigint')
    return exact(this.#bytes.readInt32BE(this.from) * 2 ** 32 + this.#bytes.readUInt32BE(this.from + 4))
  }
}
