import { type Block, sumOf } from '../../../interaction/block.ts'
import { COMMA } from '../../../interaction/page.ts'
import { comparePlaces, type Place } from '../../../interaction/place.ts'

/**
 * A run: ended interactions that follow one another in the listing, kept in one row, so that a page is a few rows
 * instead of fifty. docs/explanation/store.md tells how runs grow and divide, and what that was measured against.
 *
 * Its body is one value, since fetching two costs half as much again:
 * - bytes of all entries (4)
 * - an entry for each document: start (8, double), CRC-32 (4), length (4), bytes deflated (4), bytes of the id (2), id
 * - the documents with commas between, as they lie on a page
 *
 * Numbers are little-endian.
 */
export interface Run {
  count: number
  /** CRC-32 and length of the plain documents with their commas. */
  crc: number
  length: number
  body: Uint8Array
}

/** One document of a run. Its `deflated` is a view of the run's body where it was read from there. */
export interface RunDocument extends Place {
  block: Block
}

const HEAD_BYTES = 4
const ID_AT = 22

export function encodeRun(documents: RunDocument[]): Run {
  const blocks = documents.map(({ block }) => block)
  const entries = documents.map(encodeEntry)
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head.writeUInt32LE(entries.reduce((sum, entry) => sum + entry.length, 0))
  const parts: Uint8Array[] = [head, ...entries]
  for (const [index, { deflated }] of blocks.entries()) {
    if (index > 0) parts.push(COMMA.deflated)
    parts.push(deflated)
  }
  return { count: documents.length, ...sumOf(blocks, COMMA), body: Buffer.concat(parts) }
}

function encodeEntry({ startedAt, id, block }: RunDocument): Buffer {
  const idBytes = Buffer.byteLength(id)
  const entry = Buffer.allocUnsafe(ID_AT + idBytes)
  entry.writeDoubleLE(startedAt, 0)
  entry.writeUInt32LE(block.crc, 8)
  entry.writeUInt32LE(block.length, 12)
  entry.writeUInt32LE(block.deflated.length, 16)
  entry.writeUInt16LE(idBytes, 20)
  entry.write(id, ID_AT)
  return entry
}

/** The entries of a run one after the other; of each only what is asked for is made into a value. */
class EntryReader {
  readonly #body: Uint8Array
  readonly #view: Buffer
  readonly #end: number
  /** Where the entry begins, and its document. */
  #at = HEAD_BYTES
  #from: number

  constructor(body: Uint8Array) {
    this.#body = body
    this.#view = bufferOf(body)
    this.#end = HEAD_BYTES + this.#view.readUInt32LE(0)
    this.#from = this.#end
  }

  get ended(): boolean {
    return this.#at >= this.#end
  }

  get startedAt(): number {
    return this.#view.readDoubleLE(this.#at)
  }

  get id(): string {
    return this.#view.toString('utf8', this.#at + ID_AT, this.#idEnd)
  }

  /** The document, a view of the run's body. */
  get block(): Block {
    return {
      deflated: this.#body.subarray(this.#from, this.#to),
      crc: this.#view.readUInt32LE(this.#at + 8),
      length: this.#view.readUInt32LE(this.#at + 12),
    }
  }

  next(): void {
    const next = this.#idEnd
    this.#from = this.#to + COMMA.deflated.length
    this.#at = next
  }

  get #idEnd(): number {
    return this.#at + ID_AT + this.#view.readUInt16LE(this.#at + 20)
  }

  get #to(): number {
    return this.#from + this.#view.readUInt32LE(this.#at + 16)
  }
}

export function decodeRun(body: Uint8Array): RunDocument[] {
  const documents: RunDocument[] = []
  for (const entry = new EntryReader(body); !entry.ended; entry.next()) {
    documents.push({ startedAt: entry.startedAt, id: entry.id, block: entry.block })
  }
  return documents
}

/** The document at this place; undefined where there is none. Makes nothing of the others. */
export function documentIn(body: Uint8Array, { startedAt, id }: Place): Block | undefined {
  for (const entry = new EntryReader(body); !entry.ended; entry.next()) {
    if (entry.startedAt === startedAt && entry.id === id) return entry.block
  }
  return undefined
}

/** All documents of a run, as one block. */
export function wholeOf({ body, crc, length }: Run): Block {
  return { deflated: body.subarray(HEAD_BYTES + bufferOf(body).readUInt32LE(0)), crc, length }
}

/** Some documents of a run that follow one another, as one block: a view of its body. */
export function stretchOf(body: Uint8Array, documents: RunDocument[]): Block {
  const blocks = documents.map(({ block }) => block)
  const [first, last] = [blocks[0], blocks.at(-1)] as [Block, Block]
  const from = first.deflated.byteOffset - body.byteOffset
  const to = last.deflated.byteOffset - body.byteOffset + last.deflated.length
  return { deflated: body.subarray(from, to), ...sumOf(blocks, COMMA) }
}

/** The index of the first document at this place or behind it; their count where there is none. */
export function indexFrom(documents: RunDocument[], place: Place): number {
  let low = 0
  let high = documents.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (comparePlaces(documents[middle] as RunDocument, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}
