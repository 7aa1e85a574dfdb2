import { freeBytes } from './bytes.ts'
import type { Draft } from './serialise.ts'

/**
 * Drafts with their documents as UTF-8, one after the other in one buffer: a byte a character where a string may take
 * two, outside the heap, and to be handed to another thread. As strings they would be copied into a message, out of it,
 * and then into bytes, and lie in the heaps of both threads for their collectors to find.
 */
export interface PackedDrafts {
  drafts: Omit<Draft, 'json'>[]
  /** Where the document of each ends. */
  ends: number[]
  bytes: Uint8Array<ArrayBuffer>
}

/** Bytes that room is made for at first; it doubles. */
const FIRST_BYTES = 64 * 1024
/** Bytes of UTF-8 that a unit of UTF-16 takes at most. */
const UNIT_BYTES = 3

/**
 * Packs drafts as they come. Strings that wait for the others of their batch are copied by V8's collector, twice, and then
 * make it mark the whole heap, which is a fifth of what taking conversations in costs.
 */
export class DraftPacker {
  #drafts: PackedDrafts['drafts'] = []
  #ends: number[] = []
  #bytes: Buffer<ArrayBuffer>

  /** `bytes`: what is known to be needed. */
  constructor(bytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
  }

  add({ json, ...draft }: Draft): void {
    const from = this.length
    if (from + UNIT_BYTES * json.length > this.#bytes.length) this.#fit(from + Buffer.byteLength(json))
    this.#drafts.push(draft)
    this.#ends.push(from + this.#bytes.write(json, from))
  }

  /** The same of a draft whose document is bytes already; they are copied. */
  addDocument(draft: Omit<Draft, 'json'>, document: Uint8Array): void {
    const from = this.length
    this.#fit(from + document.length)
    this.#bytes.set(document, from)
    this.#drafts.push(draft)
    this.#ends.push(from + document.length)
  }

  get count(): number {
    return this.#drafts.length
  }

  /** Bytes of their documents. */
  get length(): number {
    return this.#ends.at(-1) ?? 0
  }

  /** Bytes that are held for them. */
  get heldBytes(): number {
    return this.#bytes.length
  }

  /** What has been added. Nothing may be added afterwards. */
  get packed(): PackedDrafts {
    return { drafts: this.#drafts, ends: this.#ends, bytes: this.#bytes }
  }

  #fit(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#bytes.length))
    this.#bytes.copy(grown, 0, 0, this.length)
    freeBytes(this.#bytes)
    this.#bytes = grown
  }
}

export function packDrafts(drafts: Draft[]): PackedDrafts {
  const packer = new DraftPacker(drafts.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0))
  for (const draft of drafts) packer.add(draft)
  return packer.packed
}

/** Drafts as they are given to a store, packed. */
export function packedOf(drafts: Draft[] | PackedDrafts): PackedDrafts {
  return Array.isArray(drafts) ? packDrafts(drafts) : drafts
}

/** The document of the draft at this index: a view. */
export function documentAt({ ends, bytes }: Omit<PackedDrafts, 'drafts'>, index: number): Buffer {
  const from = ends[index - 1] ?? 0
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, (ends[index] ?? from) - from)
}
