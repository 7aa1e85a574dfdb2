import { isAscii } from 'node:buffer'
import { MAX_RECORD_BYTES } from '../../formats/record.ts'
import { MAX_PARTS } from '../../ingest/parts.ts'
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfString,
  isSpace,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../../interaction/json-bytes.ts'
import { parseJson } from '../../interaction/parse-json.ts'
import {
  checkParts,
  checkValues,
  noList,
  notJson,
  notUtf8,
  syntaxFault,
  tooManyParts,
} from '../body-faults.ts'
import { CHUNK_BYTES } from '../budget.ts'
import { ApiError } from '../errors.ts'
import { isBlank, joined } from './pieces.ts'

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** What is made of the body of a batch. */
export interface BatchHandler {
  /** A list begins. Of a key that is repeated the last one counts, so what an earlier list held is forgotten. */
  begin(): void
  /** Whether it takes the bytes of an element as they are; otherwise they are parsed. */
  recognises(bytes: Buffer): boolean
  /** An element of the list, parsed, with its text; undefined where it is longer than MAX_RECORD_BYTES. */
  element(parsed: { value: unknown; text: string } | undefined): void
}

/** What the next byte is expected to be, or belongs to. */
type State = 'start' | 'firstKey' | 'key' | 'inKey' | 'colon' | 'valueStart' | 'value' | 'element'
type After = 'after' | 'end' | 'other'

// A byte order mark counts only at the very beginning.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads `{"interactions": […]}` as it comes and gives its elements one by one, so that the tree of no more than one
 * is in memory. It takes what JSON.parse takes: properties beside `interactions` are parsed and dropped. Throws
 * ApiError where the body is no batch.
 */
export class BatchSplitter {
  readonly #handler: BatchHandler
  #state: State | After = 'start'
  #mark = 0
  /** Whether the property that is being read is `interactions`, and whether the last such value is a list. */
  #isList = false
  #listed = false
  /** Whether the list has had no element yet. */
  #first = false
  /** The key or value that is being read: its bytes, and where it is in them. */
  #piece: Uint8Array[] = []
  #bytes = 0
  #depth = 0
  #inString = false
  #escaped = false
  #parts = 0
  /** Characters before the piece, or before the next byte of the frame, as JavaScript counts them. */
  #characters = 0

  constructor(handler: BatchHandler) {
    this.#handler = handler
  }

  /** Bytes that are held of a key or value that has not ended. */
  get heldBytes(): number {
    return Math.min(this.#bytes, MAX_RECORD_BYTES) + CHUNK_BYTES * this.#piece.length
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) at = this.#next(chunk, at)
  }

  /** To be called at the end of the body. */
  finish(): void {
    if (this.#state === 'other') this.#takePiece('Such a body')
    else if (this.#state !== 'end') throw notJson('end')
    if (!this.#listed) throw noList()
  }

  #next(chunk: Uint8Array, from: number): number {
    switch (this.#state) {
      case 'inKey':
      case 'value':
      case 'element':
        return this.#more(chunk, from)
      case 'other':
        this.#keep(chunk.subarray(from))
        return chunk.length
    }
    const byte = chunk[from] as number
    if (this.#isMark(byte)) this.#mark += 1
    else if (isSpace(byte)) this.#characters += 1
    else if (this.#frame(byte)) this.#characters += 1
    // The first byte of a piece is read again as such.
    else return from
    return from + 1
  }

  #isMark(byte: number): boolean {
    return this.#state === 'start' && this.#characters === 0 && byte === BYTE_ORDER_MARK[this.#mark]
  }

  /** A byte of the frame that is no space; false where a piece begins with it. */
  #frame(byte: number): boolean {
    switch (this.#state) {
      case 'start':
        if (this.#mark === 1 || this.#mark === 2) throw notUtf8()
        return this.#begin(byte === OPEN_OBJECT ? 'firstKey' : 'other')
      case 'firstKey':
        if (byte === CLOSE_OBJECT) return this.#go('end')
        if (byte === QUOTE) return this.#begin('inKey')
        break
      case 'key':
        if (byte === QUOTE) return this.#begin('inKey')
        break
      case 'colon':
        if (byte === COLON) return this.#go('valueStart')
        break
      case 'valueStart':
        if (this.#isList) this.#listed = byte === OPEN_ARRAY
        return this.#begin(this.#isList && byte === OPEN_ARRAY ? 'element' : 'value')
      case 'after':
        if (byte === COMMA) return this.#go('key')
        if (byte === CLOSE_OBJECT) return this.#go('end')
    }
    throw notJson(this.#characters)
  }

  #go(state: State | After): true {
    this.#state = state
    return true
  }

  /** Goes on with a piece, or with the brackets of the frame, which are no part of one. */
  #begin(state: State | After): boolean {
    this.#state = state
    if (state === 'element') {
      this.#first = true
      this.#handler.begin()
    }
    const bracket = state === 'firstKey' || state === 'element'
    if (bracket) this.#countPart()
    return bracket
  }

  /** Goes on in a key or value, and ends it where it ends. */
  #more(chunk: Uint8Array, from: number): number {
    const inKey = this.#state === 'inKey'
    const end = inKey ? this.#endOfKey(chunk, from) : this.#endOfValue(chunk, from)
    if (end === -1) {
      this.#keep(chunk.subarray(from))
      return chunk.length
    }
    // The quote at the end belongs to a key; what stands behind a value does not belong to it.
    this.#keep(chunk.subarray(from, inKey ? end + 1 : end))
    if (inKey) this.#endKey()
    else this.#endValue(chunk[end] as number)
    return end + 1
  }

  #endOfKey(chunk: Uint8Array, from: number): number {
    // The quote at the beginning, or what is left of a chunk before.
    const at = endOfString(chunk, this.#inString && !this.#escaped ? from : from + 1)
    return this.#goOn(chunk, at + 1) ? -1 : at
  }

  /** Where the `,` or bracket behind a value stands. Kept in local variables, since every byte passes here. */
  #endOfValue(chunk: Uint8Array, from: number): number {
    const { length } = chunk
    let at = from
    if (this.#inString) at = endOfString(chunk, this.#escaped ? from + 1 : from) + 1
    let depth = this.#depth
    for (; at < length; at += 1) {
      const byte = chunk[at] as number
      if (byte === QUOTE) at = endOfString(chunk, at + 1)
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth += 1
        this.#countPart()
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || (byte === COMMA && depth === 0)) {
        if (depth === 0) break
        depth -= 1
      }
    }
    this.#depth = depth
    this.#goOn(chunk, at)
    return at < length ? at : -1
  }

  /** Notes whether the chunk ends within a string, where reading came to `at`, one behind the end of the last string. */
  #goOn(chunk: Uint8Array, at: number): boolean {
    this.#inString = at > chunk.length
    this.#escaped = at > chunk.length + 1
    return this.#inString
  }

  #countPart(): void {
    this.#parts += 1
    if (this.#parts > MAX_PARTS) throw tooManyParts()
  }

  #keep(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    if (this.#bytes <= MAX_RECORD_BYTES) this.#piece.push(bytes)
    else this.#piece = []
  }

  #endKey(): void {
    const key = this.#takePiece('A name')
    this.#isList = key.value === 'interactions'
    this.#state = 'colon'
  }

  /** Ends the value before `byte`, which is a `,` or a closing bracket. */
  #endValue(byte: number): void {
    if (this.#state === 'value') {
      this.#takePiece('A property beside interactions')
      if (byte === CLOSE_ARRAY) throw notJson(this.#characters)
      this.#state = byte === COMMA ? 'key' : 'end'
    } else {
      this.#endElement(byte)
      if (byte === CLOSE_OBJECT) throw notJson(this.#characters)
      if (byte === CLOSE_ARRAY) this.#state = 'after'
    }
    this.#characters += 1
  }

  #endElement(byte: number): void {
    const isEmptyList = this.#first && byte === CLOSE_ARRAY && isBlank(this.#piece)
    this.#first = false
    if (isEmptyList) {
      this.#characters += this.#bytes
      this.#forgetPiece()
    } else if (this.#bytes > MAX_RECORD_BYTES) {
      // Its characters were not counted, so no place behind it can be told.
      this.#characters = Number.NaN
      this.#forgetPiece()
      this.#handler.element(undefined)
    } else if (!this.#recognised()) this.#handler.element(this.#takePiece('An interaction'))
  }

  #recognised(): boolean {
    const bytes = joined(this.#piece)
    this.#piece = [bytes]
    if (!this.#handler.recognises(bytes)) return false
    this.#characters += isAscii(bytes) ? bytes.length : textOf(bytes).length
    this.#forgetPiece()
    return true
  }

  #forgetPiece(): void {
    this.#piece = []
    this.#bytes = 0
  }

  /** The piece that has ended, parsed. */
  #takePiece(what: string): { value: unknown; text: string } {
    const tooLong = this.#bytes > MAX_RECORD_BYTES
    const bytes = joined(this.#piece)
    this.#forgetPiece()
    if (tooLong) {
      throw new ApiError('bodyTooLarge', {
        description: `${what} may have ${MAX_RECORD_BYTES} bytes at most.`,
      })
    }
    const text = textOf(bytes)
    if (this.#state === 'other') checkParts(text)
    checkValues(text)
    try {
      const value = parseJson(text)
      this.#characters += text.length
      return { value, text }
    } catch (error) {
      // What ends in the middle is followed by something that does not belong there, but at the end of all.
      const ended = this.#state === 'other' ? 'end' : this.#characters + text.length
      throw syntaxFault(error as SyntaxError, this.#characters, ended)
    }
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw notUtf8()
  }
}
