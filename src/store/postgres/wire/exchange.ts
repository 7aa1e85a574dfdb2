import type { Statement } from './encode.ts'
import type { Row } from './row.ts'
import { KeptRows, type RowReader } from './rows.ts'

/** What a statement gave. */
export interface Result {
  /** None where the statement has a reader of its own. */
  rows: Row[]
  /** How many rows it wrote, or gave. */
  count: number
}

// The server's messages, by their letters.
const DATA_ROW = 0x44
const COMMAND_COMPLETE = 0x43
const READY_FOR_QUERY = 0x5a
const PARSE_COMPLETE = 0x31
const BIND_COMPLETE = 0x32

const ZERO = 0x30
const NINE = 0x39

/**
 * The answers to some statements that were sent together, in one round trip. Where one fails, those behind it are not
 * run.
 */
export class Exchange {
  readonly results: Promise<Result[]>
  /** What takes the rows of each statement: made for this very run, also where there are none. */
  readonly #readers: RowReader[]
  readonly #settled = Promise.withResolvers<Result[]>()
  readonly #done: Result[] = []
  #error: Error | undefined
  #ended = false

  constructor(statements: readonly Statement[]) {
    this.#readers = statements.map(({ reader }) => reader?.() ?? new KeptRows())
    this.results = this.#settled.promise
  }

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#ended
  }

  /** As `Take` has it. False for a message that is none of these answers, or an error. */
  take(letter: number, bytes: Buffer, from: number, to: number): boolean {
    if (letter === DATA_ROW) this.#row(bytes, from, to)
    else if (letter === COMMAND_COMPLETE) this.#complete(countIn(bytes, to))
    else if (letter === READY_FOR_QUERY) this.#end()
    else return letter === PARSE_COMPLETE || letter === BIND_COMPLETE
    return true
  }

  /** A statement has failed; the server goes on to the end of what was sent, and tells when it is there. */
  refuse(error: Error): void {
    this.#error ??= error
  }

  /** The connection is gone. What the server said before that tells more. */
  fail(error: Error): void {
    this.refuse(error)
    this.#end()
  }

  #row(bytes: Buffer, from: number, to: number): void {
    if (this.#error !== undefined) return
    try {
      this.#readers[this.#done.length]?.take(bytes, from, to)
    } catch (error) {
      // Thrown into the socket it would be nobody's.
      this.refuse(error as Error)
    }
  }

  #complete(count: number): void {
    const reader = this.#readers[this.#done.length]
    this.#done.push({ rows: reader instanceof KeptRows ? reader.rows : [], count })
  }

  #end(): void {
    this.#ended = true
    if (this.#error === undefined) this.#settled.resolve(this.#done)
    else this.#settled.reject(this.#error)
  }
}

/** The number at the end of `SELECT 5`, whose last byte is zero; 0 where there is none. */
function countIn(bytes: Buffer, to: number): number {
  let count = 0
  for (let at = to - 2, unit = 1; isDigit(bytes[at] as number); at -= 1, unit *= 10) {
    count += unit * ((bytes[at] as number) - ZERO)
  }
  return count
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}
