import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import type { Listing, ListingQuery, StoredInteraction } from '../../store.ts'

interface Row {
  id: string
  startedAt: number
  length: number
  crc: number
  body: Uint8Array
}

export function interactionReads(db: DatabaseSync) {
  const get = db.prepare(
    `SELECT revision, ended_at IS NOT NULL AS ended, crc, length, body FROM interactions
     WHERE account_id = ? AND id = ?`,
  )
  const list = db.prepare(
    `SELECT id, started_at AS startedAt, crc, length, body FROM interactions
     WHERE account_id = ? AND ended_at IS NOT NULL
       AND (started_at, id) > (?, ?) AND started_at <= ?
     ORDER BY started_at, id LIMIT ?`,
  )

  function getInteraction(accountId: string, id: string): StoredInteraction | undefined {
    const row = get.get(accountId, id) as (Row & { revision: number; ended: number }) | undefined
    if (row === undefined) return undefined
    return { document: blockOf(row), revision: row.revision, ended: row.ended === 1 }
  }

  function listInteractions(accountId: string, { window, after, limit, maxBytes }: ListingQuery): Listing {
    // No id is empty, so this place lies before everything that starts with the range. One bound for both
    // lets the index find the place; a second one on `started_at` would make it walk all that start together.
    const beginning = { startedAt: window.from, id: '' }
    const start = after !== undefined && after.startedAt >= window.from ? after : beginning
    const documents: Block[] = []
    let bytes = 0
    let last: Row | undefined
    // One row more than the page tells whether another page follows. Rows are fetched one at a time, so that
    // never more than one document over the page is in memory.
    for (const each of list.iterate(accountId, start.startedAt, start.id, window.to, limit + 1)) {
      const row = each as unknown as Row
      const full = documents.length === limit || (documents.length > 0 && bytes + row.length > maxBytes)
      if (full && last !== undefined) return { documents, next: { startedAt: last.startedAt, id: last.id } }
      documents.push(blockOf(row))
      bytes += row.length
      last = row
    }
    return { documents }
  }

  return { getInteraction, listInteractions }
}

function blockOf({ body, crc, length }: Row): Block {
  return { deflated: body, crc, length }
}
