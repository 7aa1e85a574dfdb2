/** The value of a column as it came, a view of the row; null where it is null. */
export type Column = Buffer | null

/**
 * A row as it came. Columns are looked for when they are asked for: made into values at once, those of a page that nobody
 * looks at would cost more than the others.
 */
export class Row implements Iterable<Column> {
  readonly #bytes: Buffer
  readonly #at: number

  /** `at`: where the body of the message begins. */
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Null, too, where there is no such column. */
  column(index: number): Column {
    const at = this.#find(index)
    const length = at < 0 ? -1 : this.#bytes.readInt32BE(at)
    return length < 0 ? null : this.#bytes.subarray(at + 4, at + 4 + length)
  }

  /** A `bigint` that is not null. */
  integer(index: number): number {
    const at = this.#find(index)
    if (at < 0 || this.#bytes.readInt32BE(at) !== 8) throw new TypeError('the column is no bigint')
    return bigintAt(this.#bytes, at + 4)
  }

  *[Symbol.iterator](): Iterator<Column> {
    const count = this.#bytes.readInt16BE(this.#at)
    for (let index = 0; index < count; index += 1) yield this.column(index)
  }

  /** What it lies in, with other rows of the same statement. */
  get memory(): Uint8Array {
    return this.#bytes
  }

  /** Where the length of a column stands; negative where there is no such column. */
  #find(index: number): number {
    if (index >= this.#bytes.readInt16BE(this.#at)) return -1
    let at = this.#at + 2
    for (let before = 0; before < index; before += 1) at += 4 + Math.max(0, this.#bytes.readInt32BE(at))
    return at
  }
}

/** The `bigint` that begins here. Throws TypeError for one that a number cannot keep exactly. */
export function bigintAt(bytes: Buffer, at: number): number {
  const value = bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)
  if (!Number.isSafeInteger(value)) throw new TypeError('the column is a number that is not exact')
  return value
}
