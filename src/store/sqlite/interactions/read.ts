import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { freeBytes } from '../../../interaction/bytes.ts'
import type { Listing, ListingQuery, StoredInteraction } from '../../store.ts'
import { ListingBuilder } from './listing.ts'
import { documentIn } from './run.ts'

/** Columns by place, which spares an object with names for each row. */
type RunColumns = [
  lastStartedAt: number,
  lastId: string,
  count: number,
  crc: number,
  length: number,
  body: Uint8Array,
]
/** Of an open interaction the document is in `body`, of one that has ended it is in the run. */
type OneRow = [
  revision: number,
  startedAt: number,
  crc: number,
  length: number,
  body: Uint8Array | null,
  runBody: Uint8Array,
]

/** Interactions of the account `?1` as `i`, each that has ended with the run that holds its document. */
export const WITH_RUNS = `interactions AS i LEFT JOIN runs ON ended_at IS NOT NULL AND runs.account_id = ?1
  AND (last_started_at, last_id) = (
    SELECT last_started_at, last_id FROM runs
    WHERE account_id = ?1 AND (last_started_at, last_id) >= (i.started_at, i.id)
    ORDER BY last_started_at, last_id LIMIT 1)`

export function interactionReads(db: DatabaseSync) {
  const get = inColumns(
    db.prepare(
      `SELECT revision, started_at, i.crc, i.length, i.body, runs.body
       FROM ${WITH_RUNS}
       WHERE i.account_id = ?1 AND i.id = ?2`,
    ),
  )
  const list = inColumns(
    db.prepare(
      `SELECT last_started_at, last_id, count, crc, length, body FROM runs
       WHERE account_id = ? AND (last_started_at, last_id) > (?, ?)
       ORDER BY last_started_at, last_id`,
    ),
  )

  function getInteraction(accountId: string, id: string): StoredInteraction | undefined {
    const row = get.get(accountId, id) as OneRow | undefined
    if (row === undefined) return undefined
    const [revision, startedAt, crc, length, body, runBody] = row
    if (body !== null) return { document: { deflated: body, crc, length }, revision, ended: false }
    const block = documentIn(runBody, { startedAt, id })
    if (block === undefined) throw new Error(`${accountId}: the run at ${startedAt} lacks a document`)
    // Copied out of the run, whose memory is given back; a document that is most of its run stays where it is.
    if (block.deflated.length * 2 > runBody.length) return { document: block, revision, ended: true }
    const document = { ...block, deflated: Buffer.from(block.deflated) }
    freeBytes(runBody)
    return { document, revision, ended: true }
  }

  /** One statement, so that all is of one moment, and row by row, so that it ends with the page. */
  function listInteractions(accountId: string, query: ListingQuery): Listing {
    const { window, after } = query
    // No id is empty, so this place lies before everything that starts with the range.
    const start =
      after !== undefined && after.startedAt >= window.from ? after : { startedAt: window.from, id: '' }
    const builder = new ListingBuilder(query, start)
    for (const row of list.iterate(accountId, start.startedAt, start.id)) {
      const [lastStartedAt, lastId, count, crc, length, body] = row as unknown as RunColumns
      const last = { startedAt: lastStartedAt, id: lastId }
      if (!builder.add({ last, count, crc, length, body })) break
    }
    return builder.listing
  }

  return { getInteraction, listInteractions }
}

function inColumns(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true)
  return statement
}
