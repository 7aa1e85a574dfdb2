import { bigintAt } from './row.ts'

const INT8_BYTES = 8

/** Goes through the columns of a row in their order, without making anything of those that nobody wants. */
export class Columns {
  readonly #bytes: Buffer
  #at: number
  /** Where the value of the last column lies; nowhere where it is null. */
  from = 0
  to = 0

  /** `at`: where the body of the row's message begins. */
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at + 2
  }

  /** Goes to the next column; false where it is null. */
  next(): boolean {
    const length = this.#bytes.readInt32BE(this.#at)
    this.from = this.#at + 4
    this.to = this.from + Math.max(0, length)
    this.#at = this.to
    return length >= 0
  }

  /** The next column, a `bigint` that is not null. */
  integer(): number {
    const value = this.maybeInteger()
    if (value === undefined) throw new TypeError('the column is null')
    return value
  }

  /** The next column, a `bigint`; undefined where it is null. */
  maybeInteger(): number | undefined {
    if (!this.next()) return undefined
    this.#isInteger()
    return bigintAt(this.#bytes, this.from)
  }

  /** The next column, a `bigint` that is made of two numbers of 32 bits without a sign. */
  pair(): { high: number; low: number } {
    this.next()
    this.#isInteger()
    return { high: this.#bytes.readUInt32BE(this.from), low: this.#bytes.readUInt32BE(this.from + 4) }
  }

  #isInteger(): void {
    if (this.to - this.from !== INT8_BYTES) throw new TypeError('the column is no bigint')
  }
}
