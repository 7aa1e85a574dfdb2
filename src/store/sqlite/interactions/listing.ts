import type { Block } from '../../../interaction/block.ts'
import { freeBytes } from '../../../interaction/bytes.ts'
import { COMMA } from '../../../interaction/page.ts'
import { comparePlaces, type Place } from '../../../interaction/place.ts'
import type { Listing, ListingQuery } from '../../store.ts'
import { decodeRun, indexFrom, type Run, type RunDocument, stretchOf, wholeOf } from './run.ts'

/** A run with its key. */
export interface RunRow extends Run {
  last: Place
}

/**
 * Puts a listing together from runs in order, the first one being that which the listing begins in. A run that is
 * wanted as a whole is taken as it lies there; only the first and the last are looked into.
 */
export class ListingBuilder {
  readonly #query: ListingQuery
  readonly #start: Place
  readonly #blocks: Block[] = []
  readonly #bodies: Uint8Array[] = []
  #count = 0
  /** Plain bytes of the documents. */
  #bytes = 0
  #last: Place | undefined
  #next: Place | undefined

  constructor(query: ListingQuery, start: Place) {
    this.#query = query
    this.#start = start
  }

  /** Takes what is wanted of a run; false when the listing is complete. */
  add(run: RunRow): boolean {
    this.#bodies.push(run.body)
    if (this.#last !== undefined && this.#wantsWhole(run)) {
      this.#take(wholeOf(run), run.count, run.last)
      return true
    }
    const documents = decodeRun(run.body)
    const from = this.#last === undefined ? this.#firstWanted(documents) : 0
    let to = from
    let bytes = 0
    for (; to < documents.length; to += 1) {
      const { startedAt, block } = documents[to] as RunDocument
      if (startedAt > this.#query.window.to || this.#isFull(to - from, bytes + block.length)) break
      bytes += block.length
    }
    const taken = documents.slice(from, to)
    const last = taken.at(-1)
    if (last !== undefined) this.#take(stretchOf(run.body, taken), taken.length, last)
    const following = documents[to]
    if (following === undefined) return true
    if (following.startedAt <= this.#query.window.to) this.#next = this.#last
    return false
  }

  get listing(): Listing {
    const free = () => this.#bodies.forEach(freeBytes)
    const listing: Listing = { blocks: this.#blocks, count: this.#count, free }
    if (this.#next !== undefined) listing.next = this.#next
    return listing
  }

  #wantsWhole({ last, count, length }: RunRow): boolean {
    const bytes = length - (count - 1) * COMMA.length
    return last.startedAt <= this.#query.window.to && !this.#isFull(count - 1, bytes)
  }

  /** Whether a document is one too many behind `more` others, all together of so many bytes. */
  #isFull(more: number, bytes: number): boolean {
    const count = this.#count + more
    return count >= this.#query.limit || (count > 0 && this.#bytes + bytes > this.#query.maxBytes)
  }

  #firstWanted(documents: RunDocument[]): number {
    const index = indexFrom(documents, this.#start)
    const document = documents[index]
    return document !== undefined && comparePlaces(document, this.#start) === 0 ? index + 1 : index
  }

  #take(block: Block, count: number, last: Place): void {
    this.#blocks.push(block)
    this.#bytes += block.length - (count - 1) * COMMA.length
    this.#count += count
    this.#last = { startedAt: last.startedAt, id: last.id }
  }
}
