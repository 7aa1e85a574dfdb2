import { CLOSE_OBJECT, COMMA, OPEN_OBJECT } from '../json-bytes.ts'
import type { ValueKind } from './kinds.ts'
import { ESCAPED, PLAIN, type Scanner } from './scanner.ts'
import { readValue } from './values.ts'
import { Word } from './word.ts'

/** A bit for each of the chosen ones of these names. */
export function bitsOf(names: readonly string[], chosen: readonly string[]): number {
  return chosen.reduce((bits, name) => bits | (1 << names.indexOf(name)), 0)
}

/** Steps over objects of one kind, one after the other, and keeps of the last one what its properties were. */
export class ObjectReader {
  readonly #scanner: Scanner
  readonly #names: readonly Word[]
  readonly #kinds: readonly (ValueKind | undefined)[]
  readonly #takes: (place: number) => boolean
  /** By the place of the property: where its value begins and ends, and what it is (`readValue`). */
  readonly #from: Int32Array
  readonly #to: Int32Array
  readonly #values: Float64Array
  /** What is told of strings. */
  readonly #marks: Uint8Array
  /** A bit for each that is there. */
  #present = 0

  /**
   * `names`: in the order in which a document has them. `takes` steps over the values that are of no kind, by the place of
   * their names.
   */
  constructor(
    scanner: Scanner,
    names: readonly string[],
    kinds: Readonly<Record<string, ValueKind>>,
    takes: (place: number) => boolean = () => false,
  ) {
    this.#scanner = scanner
    this.#names = names.map((name) => new Word(`"${name}":`))
    this.#kinds = names.map((name) => kinds[name])
    this.#takes = takes
    this.#from = new Int32Array(names.length)
    this.#to = new Int32Array(names.length)
    this.#values = new Float64Array(names.length)
    this.#marks = new Uint8Array(names.length)
  }

  /** Whether an object is there with the properties of `required`, and others of these names, in their order. */
  read(required: number): boolean {
    const scanner = this.#scanner
    this.#present = 0
    if (!scanner.takes(OPEN_OBJECT)) return false
    let place = -1
    do {
      place = scanner.takesOneOf(this.#names, place + 1)
      if (place < 0 || !this.#value(place)) return false
    } while (scanner.takes(COMMA))
    return scanner.takes(CLOSE_OBJECT) && (this.#present & required) === required
  }

  #value(place: number): boolean {
    const scanner = this.#scanner
    const kind = this.#kinds[place]
    this.#from[place] = scanner.at
    scanner.marks = PLAIN
    if (kind === undefined) {
      if (!this.#takes(place)) return false
    } else {
      const value = readValue(scanner, kind)
      if (Number.isNaN(value)) return false
      this.#values[place] = value
    }
    this.#marks[place] = scanner.marks
    this.#present |= 1 << place
    this.#to[place] = scanner.at
    return true
  }

  has(place: number): boolean {
    return (this.#present & (1 << place)) !== 0
  }

  hasAnyOf(bits: number): boolean {
    return (this.#present & bits) !== 0
  }

  /** What the value is, or `absent`. */
  value(place: number, absent = 0): number {
    return this.has(place) ? (this.#values[place] as number) : absent
  }

  /** The characters of a string that is there. */
  text(place: number): string {
    return textOf(this.#scanner.bytes, this.from(place), this.to(place), this.marks(place))
  }

  /** Where the value of a property that is there begins, where it ends, and what is told of it if it is a string. */
  from(place: number): number {
    return this.#from[place] as number
  }

  to(place: number): number {
    return this.#to[place] as number
  }

  marks(place: number): number {
    return this.#marks[place] as number
  }

  /** A number of 32 bits that is the same for the same value. */
  hash(place: number): number {
    return this.#scanner.hash(this.from(place), this.to(place))
  }
}

/** The characters of the string that stands, with its quotes, in these bytes. */
export function textOf(bytes: Buffer, from: number, to: number, marks: number): string {
  if ((marks & ESCAPED) === 0) return bytes.toString('utf8', from + 1, to - 1)
  return JSON.parse(bytes.toString('utf8', from, to)) as string
}
