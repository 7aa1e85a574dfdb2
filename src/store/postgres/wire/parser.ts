import type { BackendMessage } from 'pg-protocol/dist/messages.js'
import { Parser } from 'pg-protocol/dist/parser.js'
import { Row } from './row.ts'

/** DataRow, as the protocol's messages are told apart by their first byte. */
const DATA_ROW = 0x44
/** The letter of a message, and its length, which counts itself and not the letter. */
const HEAD = 5

export type Message = BackendMessage

/** One and the same for all rows of a connection, to be looked at when it is told. */
export interface DataRow extends Message {
  fields: Row
}

type Tell = (message: Message) => void

/**
 * Cuts what a server sends into messages, and reads them as the client library does, but for rows. The library makes
 * strings of all values, which destroys bytes that came in binary, and it writes over what it has read; so neither would
 * do. Here rows stay bytes, and nothing is copied but a message that comes in several pieces.
 */
export class MessageParser {
  readonly #messages = new Parser() as unknown as {
    handlePacket(offset: number, code: number, length: number, bytes: Buffer): BackendMessage
  }
  /** The pieces of a message that is not complete, and their bytes. */
  #pieces: Buffer[] = []
  #held = 0
  readonly #owned: boolean
  readonly #row = { name: 'dataRow', length: 0 } as DataRow

  /** `owned`: each chunk that will be pushed has memory of its own. */
  constructor(owned: boolean) {
    this.#owned = owned
  }

  push(chunk: Buffer, tell: Tell): void {
    let bytes = chunk
    if (this.#held > 0) {
      if (this.#held < HEAD) bytes = this.#join(chunk)
      else {
        const missing = lengthAt(this.#pieces[0] as Buffer, 0) - this.#held
        if (chunk.length < missing) {
          this.#hold(chunk)
          return
        }
        this.#read(this.#join(chunk.subarray(0, missing)), 0, tell)
        bytes = chunk.subarray(missing)
      }
    }
    let at = 0
    while (bytes.length - at >= HEAD && bytes.length - at >= lengthAt(bytes, at)) {
      this.#read(bytes, at, tell)
      at += lengthAt(bytes, at)
    }
    if (at === bytes.length) return
    const tail = bytes.subarray(at)
    // What is no row may come behind the last one, whose memory is given back before the rest of this arrives.
    this.#hold(bytes[at] === DATA_ROW ? tail : Buffer.from(tail))
  }

  #hold(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#held += piece.length
  }

  /** Into memory of its own, which may be given back: what is small would lie in Node's pool with others' bytes. */
  #join(piece: Buffer): Buffer {
    const joined = Buffer.allocUnsafeSlow(this.#held + piece.length)
    let at = 0
    for (const each of [...this.#pieces, piece]) at += each.copy(joined, at)
    this.#pieces = []
    this.#held = 0
    return joined
  }

  #read(bytes: Buffer, at: number, tell: Tell): void {
    const code = bytes[at] as number
    const length = bytes.readUInt32BE(at + 1)
    if (code === DATA_ROW) {
      this.#row.length = length
      this.#row.fields = new Row(bytes, at + HEAD, this.#owned)
      tell(this.#row)
    } else tell(this.#messages.handlePacket(at + HEAD, code, length, bytes))
  }
}

/** The bytes of the message that begins here, its letter included. */
function lengthAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 1) + 1
}
