import { BACKSLASH, QUOTE } from '../json-bytes.ts'
import type { Word } from './word.ts'

const NO_BYTES = Buffer.alloc(0)
/** What is told of a string: nothing, or that it holds escapes, characters beyond ASCII, or both. */
export const PLAIN = 0
export const ESCAPED = 1
const BEYOND_ASCII = 2
/** The letters that JSON.stringify writes behind a backslash, but for `\u`. */
const AFTER_BACKSLASH = new Set([QUOTE, BACKSLASH, ...Buffer.from('bfnrt')])
/** Below it stand the characters that a string has to escape (RFC 8259, 7). */
const FIRST_PRINTABLE = 0x20
const LAST_ASCII = 0x7f
/** An odd number whose products spread, since ids are often alike but for some digits. */
const HASH_FACTOR = 0x01000193
const [POINT, ZERO, NINE] = [0x2e, 0x30, 0x39]
/** Decimal digits that any double keeps, so that JSON.stringify writes what was read. */
const EXACT_DIGITS = 15
/** The powers of ten that are exact as doubles: a quotient of two exact numbers is rounded as the whole would be. */
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power)
/** JSON.stringify writes smaller numbers with an exponent. */
const LEAST_PLAIN = 1e-6

/**
 * Steps over JSON in bytes that are known to be UTF-8. Each step says whether what it looks for is there, written to the
 * byte as JSON.stringify writes it: without white space, with the shortest numbers and as few escapes as can be.
 */
export class Scanner {
  bytes: Buffer = NO_BYTES
  at = 0
  /** What is to be told of the last string. */
  marks = PLAIN
  #view: DataView = new DataView(NO_BYTES.buffer)

  begin(bytes: Buffer): void {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.at = 0
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length
  }

  /** One byte. */
  takes(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false
    this.at += 1
    return true
  }

  /** One of these, from `first` on, and which one; or -1. */
  takesOneOf(choices: readonly Word[], first = 0): number {
    const { at } = this
    const view = this.#view
    // Not the view's own: asking it for its length is a call.
    const { length } = this.bytes
    for (let index = first; index < choices.length; index += 1) {
      const choice = choices[index] as Word
      if (!choice.isAt(view, length, at)) continue
      this.at = at + choice.length
      return index
    }
    return -1
  }

  /** A string with its quotes. */
  takesString(): boolean {
    if (!this.takes(QUOTE)) return false
    const { bytes } = this
    const { length } = bytes
    let all = 0
    this.marks = PLAIN
    for (let at = this.at; at < length; at += 1) {
      const byte = bytes[at] as number
      if (byte === QUOTE) {
        this.at = at + 1
        if (all > LAST_ASCII) this.marks |= BEYOND_ASCII
        return true
      }
      if (byte < FIRST_PRINTABLE) return false
      all |= byte
      if (byte !== BACKSLASH) continue
      at += 1
      if (!AFTER_BACKSLASH.has(bytes[at] as number)) return false
      this.marks |= ESCAPED
    }
    return false
  }

  /** A number of 32 bits that is the same for the same bytes from one place up to another. */
  hash(from: number, to: number): number {
    const view = this.#view
    let hash = 0
    let at = from
    for (; at + 4 <= to; at += 4) hash = (Math.imul(hash, HASH_FACTOR) + view.getInt32(at, true)) | 0
    for (; at < to; at += 1) hash = (Math.imul(hash, HASH_FACTOR) + view.getUint8(at)) | 0
    return hash
  }

  /** A number that is not negative; NaN where there is none. What follows it is not looked at. */
  number(): number {
    const { bytes } = this
    const from = this.at
    let at = from
    let value = 0
    let digits = 0
    /** Where the fraction begins. */
    let fraction = 0
    for (; ; at += 1) {
      const byte = bytes[at] as number
      if (byte >= ZERO && byte <= NINE) {
        value = value * 10 + (byte - ZERO)
        if (value > 0) digits += 1
      } else if (byte === POINT && fraction === 0) fraction = at + 1
      else break
    }
    const places = fraction === 0 ? 0 : at - fraction
    const whole = (fraction === 0 ? at : fraction - 1) - from
    // Neither `.5` nor `01` is JSON, nor is `1.`; and `1.0` is written `1`.
    if (whole === 0 || (whole > 1 && bytes[from] === ZERO)) return Number.NaN
    if (fraction > 0 && (places === 0 || bytes[at - 1] === ZERO)) return Number.NaN
    if (digits > EXACT_DIGITS || places >= POWERS.length) return Number.NaN
    this.at = at
    const number = places === 0 ? value : value / (POWERS[places] as number)
    return number > 0 && number < LEAST_PLAIN ? Number.NaN : number
  }
}
