import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import { freeBytes } from '../../../interaction/bytes.ts'
import { comparePlaces, type Place } from '../../../interaction/place.ts'
import type { Listing, ListingQuery } from '../../store.ts'
import { decodeRun, type RunDocument } from './run.ts'
import { inSnapshot } from './snapshot.ts'
import { VEILED } from './veil.ts'

/**
 * Interactions that one page looks at while an erasure goes on. Where so many are hidden that the page is not full by then, it
 * ends early and says where to go on: each costs 5 µs, and the thread is everybody's.
 */
export const MAX_EXAMINED = 2000

type Row = [lastStartedAt: number, lastId: string, body: Uint8Array]

/** The listing while an erasure of the account goes on: each interaction is looked up, whether it may be seen. */
export function veiledListings(db: DatabaseSync) {
  const list = db.prepare(
    `SELECT last_started_at, last_id, body FROM runs
     WHERE account_id = ?1 AND (last_started_at, last_id) > (?2, ?3)
     ORDER BY last_started_at, last_id`,
  )
  list.setReturnArrays(true)
  const visible = db.prepare(
    `SELECT 1 FROM interactions AS i WHERE i.account_id = ?1 AND i.id = ?2 AND NOT ${VEILED}`,
  )

  function listVeiled(accountId: string, query: ListingQuery, start: Place): Listing {
    return inSnapshot(db, () => {
      const page = new VisiblePage(query, start, (id) => visible.get(accountId, id) !== undefined)
      for (const row of list.iterate(accountId, start.startedAt, start.id)) {
        if (!page.add((row as unknown as Row)[2])) break
      }
      return page.listing
    })
  }

  return { listVeiled }
}

class VisiblePage {
  readonly #query: ListingQuery
  readonly #start: Place
  readonly #isVisible: (id: string) => boolean
  readonly #blocks: Block[] = []
  readonly #bodies: Uint8Array[] = []
  #examined = 0
  #bytes = 0
  /** The last one that was looked at, and the last one that was taken. */
  #last: Place | undefined
  #taken: Place | undefined
  #next: Place | undefined

  constructor(query: ListingQuery, start: Place, isVisible: (id: string) => boolean) {
    this.#query = query
    this.#start = start
    this.#isVisible = isVisible
  }

  /** Takes what may be seen of a run; false when the listing is complete. */
  add(body: Uint8Array): boolean {
    const before = this.#blocks.length
    const more = decodeRun(body).every((document) => this.#examine(document))
    if (this.#blocks.length > before) this.#bodies.push(body)
    else freeBytes(body)
    return more
  }

  get listing(): Listing {
    const free = () => this.#bodies.forEach(freeBytes)
    const listing: Listing = { blocks: this.#blocks, count: this.#blocks.length, free }
    if (this.#next !== undefined) listing.next = this.#next
    return listing
  }

  #examine({ startedAt, id, block }: RunDocument): boolean {
    const place = { startedAt, id }
    if (comparePlaces(place, this.#start) <= 0) return true
    const { window, limit, maxBytes } = this.#query
    if (startedAt > window.to) return false
    if (this.#examined === MAX_EXAMINED) {
      this.#next = this.#last
      return false
    }
    this.#examined += 1
    if (this.#isVisible(id)) {
      const count = this.#blocks.length
      if (count >= limit || (count > 0 && this.#bytes + block.length > maxBytes)) {
        this.#next = this.#taken
        return false
      }
      this.#blocks.push(block)
      this.#bytes += block.length
      this.#taken = place
    }
    this.#last = place
    return true
  }
}
