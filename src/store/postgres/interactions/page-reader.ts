import { JoinedDocuments } from '../../../interaction/joined-documents.ts'
import { MAX_ID_BYTES } from '../../../interaction/limits.ts'
import type { Listing, ListingQuery, Standing } from '../../store.ts'
import { Columns } from '../wire/columns.ts'
import type { RowReader } from '../wire/rows.ts'

/**
 * Makes a page of rows as they come: started_at, id, CRC-32 and length in one, body, and where the server bounds the page how many
 * it would be without that. It ends with `limit` documents, or before the one with which it would pass `maxBytes`. A row without a
 * start is the standing of who asks (accounts.ts).
 */
export class PageReader implements RowReader {
  readonly #query: Pick<ListingQuery, 'limit' | 'maxBytes'>
  readonly #counted: boolean
  readonly #documents: JoinedDocuments
  #standing: Standing | undefined
  /** Plain bytes of the documents. */
  #bytes = 0
  /** Of the last one. */
  #startedAt = Number.NEGATIVE_INFINITY
  readonly #id = Buffer.allocUnsafe(MAX_ID_BYTES)
  #idLength = 0
  /** Nothing that still comes belongs on the page. */
  #full = false
  #more = false
  /** One that belongs on it came without its document. */
  #lacks = false

  /** `expected`: bytes of the page, about. `counted`: there is that last column. */
  constructor(query: Pick<ListingQuery, 'limit' | 'maxBytes'>, expected: number, counted = false) {
    this.#query = query
    this.#counted = counted
    this.#documents = new JoinedDocuments(expected)
  }

  /** Undefined for an unknown account, and where it was not asked for. */
  get standing(): Standing | undefined {
    return this.#standing
  }

  take(bytes: Buffer, from: number): void {
    const columns = new Columns(bytes, from)
    const startedAt = columns.maybeInteger()
    columns.next()
    if (startedAt === undefined) {
      this.#standing = { revision: columns.integer(), client: columns.next() }
      return
    }
    if (this.#full) return
    const { from: idFrom, to: idTo } = columns
    const { high: crc, low: length } = columns.pair()
    if (!this.#fits(length)) {
      this.#full = true
      this.#more = true
      return
    }
    if (!columns.next()) {
      this.#full = true
      this.#lacks = true
      return
    }
    // Nothing says that rows of a union come in order, though they do.
    const isBehind =
      startedAt > this.#startedAt ||
      (startedAt === this.#startedAt && bytes.compare(this.#id, 0, this.#idLength, idFrom, idTo) > 0)
    if (!isBehind) throw new Error('the rows of a page are out of order')
    this.#documents.add(bytes, columns.from, columns.to, crc, length)
    this.#bytes += length
    this.#startedAt = startedAt
    this.#idLength = bytes.copy(this.#id, 0, idFrom, idTo)
    if (this.#counted) this.#more = columns.integer() > this.#documents.count
  }

  /** Undefined where one that belongs on the page came without its document. */
  listing(): Listing | undefined {
    const documents = this.#documents
    const { count } = documents
    if (this.#lacks) {
      documents.free()
      return undefined
    }
    const listing: Listing = {
      blocks: count === 0 ? [] : [documents.block()],
      count,
      free: () => documents.free(),
    }
    if (this.#more) {
      listing.next = { startedAt: this.#startedAt, id: this.#id.toString('utf8', 0, this.#idLength) }
    }
    return listing
  }

  #fits(length: number): boolean {
    const { count } = this.#documents
    const { limit, maxBytes } = this.#query
    return count < limit && (count === 0 || this.#bytes + length <= maxBytes)
  }
}
