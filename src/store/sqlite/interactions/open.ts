import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import { gatheredLength } from '../../../interaction/gather-patches.ts'
import { type Place, startOf } from '../../../interaction/place.ts'
import type { Listing, ListingQuery } from '../../store.ts'
import { gatheredBlock, gatheredReads } from './gathered.ts'
import { inSnapshot } from './snapshot.ts'
import { VEILED } from './veil.ts'
import { MAX_EXAMINED } from './veiled-listing.ts'

type Row = [
  startedAt: number,
  id: string,
  crc: number,
  length: number,
  body: Uint8Array,
  gathered: number | null,
  gatheredBytes: number | null,
  veiled: number,
]

export function openReads(db: DatabaseSync) {
  const { messagesOf } = gatheredReads(db)
  const list = db.prepare(
    `SELECT i.started_at, i.id, crc, length, body, gathered, gathered_bytes, ${VEILED}
     FROM interactions AS i
     WHERE i.account_id = ?1 AND i.ended_at IS NULL AND (i.started_at, i.id) > (?2, ?3)
     ORDER BY i.started_at, i.id`,
  )
  list.setReturnArrays(true)

  /** Of one moment: heads, and the messages that they have gathered. */
  function listOpen(accountId: string, query: ListingQuery): Listing {
    return inSnapshot(db, () => read(accountId, query))
  }

  function read(accountId: string, { window, after, limit, maxBytes }: ListingQuery): Listing {
    const start = startOf(window, after)
    const blocks: Block[] = []
    let bytes = 0
    let examined = 0
    let last: Place | undefined
    let next: Place | undefined
    for (const row of list.iterate(accountId, start.startedAt, start.id)) {
      const [startedAt, id, , , , , , veiled] = row as unknown as Row
      if (startedAt > window.to) break
      const size = sizeOf(row as unknown as Row)
      const full = blocks.length >= limit || (blocks.length > 0 && bytes + size > maxBytes)
      if (examined === MAX_EXAMINED || (veiled === 0 && full)) {
        next = last
        break
      }
      examined += 1
      if (veiled === 0 || !full) last = { startedAt, id }
      if (veiled === 1) continue
      blocks.push(documentOf(accountId, row as unknown as Row))
      bytes += size
    }
    const listing: Listing = { blocks, count: blocks.length, free: () => {} }
    if (next !== undefined) listing.next = next
    return listing
  }

  function documentOf(accountId: string, [, id, crc, length, deflated, gathered]: Row): Block {
    const block = { deflated, crc, length }
    return gathered === null ? block : gatheredBlock(block, messagesOf(accountId, id))
  }

  return { listOpen }
}

/** Plain bytes of the document. */
function sizeOf([, , , length, , count, bytes]: Row): number {
  return count === null || bytes === null ? length : gatheredLength(length, { count, bytes })
}
