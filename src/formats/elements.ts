import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../interaction/json-bytes.ts'
import { MAX_RECORD_BYTES, type Record, recordOf, tooLong } from './record.ts'

/** Where the interactions stand in a document: at the top, under `interactions`, or in a HAL page. */
const LISTS = [[], ['interactions'], ['_embedded', 'interactions']].map((keys) => JSON.stringify(keys))
const MAX_LEVELS = 3

/**
 * Cuts the elements out of the list of interactions in a JSON document of any length, or in several one after the
 * other: an array, `{"interactions": […]}`, or a page with `_embedded.interactions`. Holds one element at most. It
 * only finds where elements begin and end; whether each is JSON shows when it is parsed. `finish` tells what is
 * wrong with the frame, if anything.
 */
export class ElementSplitter {
  #place = 0
  /** Open brackets around the current byte, and the keys that led there (only the first few matter). */
  #depth = 0
  #keys: string[] = []
  #inString = false
  #escaped = false
  /** The text of a string outside the list: it may be a key. */
  #string: number[] = []
  #key = ''
  /** The depth of the list, or 0 before it and after. */
  #list = 0
  #element: Uint8Array[] = []
  #elementBytes = 0
  #found = false
  /** Whether the document being read has a list, and whether one before it had none. */
  #listed = false
  #listless = false
  #ended = false

  /** Takes a chunk and gives the elements that end in it. */
  push(chunk: Uint8Array): Record[] {
    const records: Record[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      if (this.#inString) this.#stringByte(byte)
      else if (byte === QUOTE) this.#startString()
      else if (this.#list > 0 && this.#depth === this.#list && (byte === COMMA || byte === CLOSE_ARRAY)) {
        this.#keep(chunk.subarray(from, at))
        from = at + 1
        this.#endElement(records, byte === COMMA)
        if (byte === CLOSE_ARRAY) this.#close()
      } else if (byte > 0x20 && this.#structure(byte)) from = at + 1
    }
    if (this.#list > 0) this.#keep(chunk.subarray(from))
    return records
  }

  /** Whether a list of interactions has begun. */
  get foundList(): boolean {
    return this.#found
  }

  /** What is wrong with the document around the elements, or undefined. */
  finish(): string | undefined {
    if (!this.#found) return 'holds no list of interactions'
    if (this.#listless) return 'holds a document without a list of interactions'
    return this.#ended ? undefined : 'ends in the middle of its JSON'
  }

  #stringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
    if (this.#list === 0 && this.#string.length < 64) this.#string.push(byte)
  }

  #startString(): void {
    if (this.#ended) this.#nextDocument()
    this.#inString = true
    this.#string = []
  }

  /** A byte outside strings; true where the list begins behind it. */
  #structure(byte: number): boolean {
    if (this.#ended) this.#nextDocument()
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#open(byte)
    // It closes nothing, so it belongs to a broken element: parsing will tell.
    if (byte === CLOSE_OBJECT && this.#list > 0 && this.#depth === this.#list) return false
    if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#close()
    else if (byte === COLON && this.#list === 0) {
      this.#key = Buffer.from(this.#string).toString('latin1').slice(0, -1)
    }
    return false
  }

  #nextDocument(): void {
    this.#ended = false
    this.#listed = false
    this.#depth = 0
    this.#keys = []
    this.#key = ''
  }

  #open(byte: number): boolean {
    if (this.#list === 0 && this.#depth < MAX_LEVELS) {
      if (this.#depth > 0) this.#keys[this.#depth - 1] = this.#key
      const path = JSON.stringify(this.#keys.slice(0, this.#depth))
      this.#key = ''
      this.#depth += 1
      if (byte !== OPEN_ARRAY || !LISTS.includes(path)) return false
      this.#list = this.#depth
      this.#found = true
      this.#listed = true
      return true
    }
    this.#depth += 1
    return false
  }

  #close(): void {
    if (this.#depth === this.#list) this.#list = 0
    this.#depth -= 1
    if (this.#depth > 0) return
    this.#ended = true
    if (!this.#listed) this.#listless = true
  }

  #keep(bytes: Uint8Array): void {
    if (this.#elementBytes <= MAX_RECORD_BYTES && bytes.length > 0) this.#element.push(bytes)
    this.#elementBytes += bytes.length
  }

  #endElement(records: Record[], more: boolean): void {
    const element = Buffer.concat(this.#element)
    const tooMany = this.#elementBytes > MAX_RECORD_BYTES
    this.#element = []
    this.#elementBytes = 0
    const blank = element.every((byte) => byte <= 0x20)
    // `[]` has no element; a blank one before a comma is a fault that parsing will tell.
    if (blank && !more) return
    this.#place += 1
    records.push(tooMany ? tooLong('item', this.#place) : recordOf(element, 'item', this.#place))
  }
}

/** The elements of documents that come as a stream of chunks. The last record may be a fault of the whole. */
export async function* splitElements(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Record[]> {
  const splitter = new ElementSplitter()
  let place = 0
  for await (const chunk of chunks) {
    const records = splitter.push(chunk)
    place = records.at(-1)?.place ?? place
    if (records.length > 0) yield records
  }
  const fault = splitter.finish()
  if (fault !== undefined) yield [{ unit: 'item', place: place + 1, fault }]
}
