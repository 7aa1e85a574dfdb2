import type { Block } from './block.ts'
import { freeBytes } from './bytes.ts'
import { combineCrc32 } from './crc32.ts'
import { COMMA } from './page.ts'

/** Bytes that are left free before the documents, for what a page begins with, and behind them, for its links. */
const BEFORE = 64
const BEHIND = 1024

/**
 * Documents that are laid end to end as they come, with commas between, in memory that a page can be made in (`Block.alone`).
 * So their bytes are copied once, from where they were received to where they are sent from.
 */
export class JoinedDocuments {
  readonly #expected: number
  #bytes: Buffer | undefined
  #end = BEFORE
  #crc = 0
  /** Plain bytes, with the commas. */
  #length = 0
  #count = 0

  /** `expected`: how many bytes they will have deflated, about; where they have more they are moved. */
  constructor(expected: number) {
    this.#expected = expected
  }

  get count(): number {
    return this.#count
  }

  /** Adds the document that lies deflated in `bytes`; its CRC-32 and length are those of its plain bytes. */
  add(bytes: Buffer, from: number, to: number, crc: number, length: number): void {
    const { deflated: comma } = COMMA
    const own = this.#withRoomFor(comma.length + to - from)
    if (this.#count > 0) {
      own.set(comma, this.#end)
      this.#end += comma.length
      this.#sum(COMMA.crc, COMMA.length)
    }
    this.#end += bytes.copy(own, this.#end, from, to)
    this.#sum(crc, length)
    this.#count += 1
  }

  /** All of them in one block; nothing may be added afterwards. */
  block(): Block {
    const bytes = this.#bytes ?? Buffer.alloc(BEFORE)
    const deflated = bytes.subarray(BEFORE, this.#end)
    const sum = { crc: this.#crc, length: this.#length }
    // What is mostly empty would be kept for as long as a client takes to read a little.
    if (2 * deflated.length > bytes.length) return { deflated, ...sum, alone: true }
    const small = { deflated: Buffer.from(deflated), ...sum }
    this.free()
    return small
  }

  /** Gives the memory back; nobody may look at the block afterwards. */
  free(): void {
    if (this.#bytes !== undefined) freeBytes(this.#bytes)
  }

  #sum(crc: number, length: number): void {
    this.#crc = combineCrc32(this.#crc, crc, length)
    this.#length += length
  }

  #withRoomFor(more: number): Buffer {
    const needed = this.#end + more + BEHIND
    const bytes = this.#bytes
    if (bytes !== undefined && needed <= bytes.length) return bytes
    const least = bytes === undefined ? BEFORE + this.#expected + BEHIND : 2 * bytes.length
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, least))
    bytes?.copy(larger, 0, 0, this.#end)
    if (bytes !== undefined) freeBytes(bytes)
    this.#bytes = larger
    return larger
  }
}
