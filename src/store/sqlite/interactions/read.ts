import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { freeBytes } from '../../../interaction/bytes.ts'
import { startOf } from '../../../interaction/place.ts'
import type { TranscriptState } from '../../../interaction/transcript.ts'
import type { Listing, ListingQuery, StoredInteraction } from '../../store.ts'
import { gatheredBlock, gatheredReads } from './gathered.ts'
import { ListingBuilder } from './listing.ts'
import { documentIn } from './run.ts'
import { inSnapshot } from './snapshot.ts'
import { ERASING, VEILED } from './veil.ts'
import { veiledListings } from './veiled-listing.ts'

/** Columns by place, which spares an object with names for each row. */
type RunColumns = [
  lastStartedAt: number,
  lastId: string,
  count: number,
  crc: number,
  length: number,
  body: Uint8Array,
  erasing: number,
]
/** Of an open interaction the document, or the head, is in `body`; of one that has ended it is in the run. */
type OneRow = [
  revision: number,
  startedAt: number,
  crc: number,
  length: number,
  body: Uint8Array | null,
  runBody: Uint8Array,
  transcript: TranscriptState | null,
  gathered: number | null,
]
const GATHERED = 7

/** Interactions of the account `?1` as `i`, each that has ended with the run that holds its document. */
export const WITH_RUNS = `interactions AS i LEFT JOIN runs ON ended_at IS NOT NULL AND runs.account_id = ?1
  AND (last_started_at, last_id) = (
    SELECT last_started_at, last_id FROM runs
    WHERE account_id = ?1 AND (last_started_at, last_id) >= (i.started_at, i.id)
    ORDER BY last_started_at, last_id LIMIT 1)`

export function interactionReads(db: DatabaseSync) {
  const { messagesOf } = gatheredReads(db)
  const { listVeiled } = veiledListings(db)
  const get = inColumns(
    db.prepare(
      `SELECT i.revision, i.started_at, i.crc, i.length, i.body, runs.body, transcript, gathered
       FROM ${WITH_RUNS}
       WHERE i.account_id = ?1 AND i.id = ?2 AND NOT ${VEILED}`,
    ),
  )
  const list = inColumns(
    db.prepare(
      `SELECT last_started_at, last_id, count, crc, length, body, ${ERASING} FROM runs
       WHERE account_id = ?1 AND (last_started_at, last_id) > (?2, ?3)
       ORDER BY last_started_at, last_id`,
    ),
  )

  function getInteraction(accountId: string, id: string): StoredInteraction | undefined {
    const row = get.get(accountId, id) as OneRow | undefined
    if (row === undefined) return undefined
    if (row[GATHERED] === null) return storedIn(row, accountId, id)
    // It lies in several rows, which have to be of one moment.
    return inSnapshot(db, () => {
      const again = get.get(accountId, id) as OneRow | undefined
      return again && storedIn(again, accountId, id)
    })
  }

  function storedIn(row: OneRow, accountId: string, id: string): StoredInteraction {
    const [revision, startedAt, crc, length, body, runBody, transcript, gathered] = row
    const told = transcript === null ? { revision } : { revision, transcript }
    if (body !== null) {
      const block = { deflated: body, crc, length }
      const document = gathered === null ? block : gatheredBlock(block, messagesOf(accountId, id))
      return { document, ...told, ended: false }
    }
    const block = documentIn(runBody, { startedAt, id })
    if (block === undefined) throw new Error(`${accountId}: the run at ${startedAt} lacks a document`)
    // Copied out of the run, whose memory is given back; a document that is most of its run stays where it is.
    if (block.deflated.length * 2 > runBody.length) return { document: block, ...told, ended: true }
    const document = { ...block, deflated: Buffer.from(block.deflated) }
    freeBytes(runBody)
    return { document, ...told, ended: true }
  }

  /** One statement, so that all is of one moment, and row by row, so that it ends with the page. */
  function listInteractions(accountId: string, query: ListingQuery): Listing {
    const { window, after } = query
    const start = startOf(window, after)
    const builder = new ListingBuilder(query, start)
    let veiled = false
    for (const row of list.iterate(accountId, start.startedAt, start.id)) {
      const [lastStartedAt, lastId, count, crc, length, body, erasing] = row as unknown as RunColumns
      veiled = erasing === 1
      if (veiled) break
      const last = { startedAt: lastStartedAt, id: lastId }
      if (!builder.add({ last, count, crc, length, body })) break
    }
    return veiled ? listVeiled(accountId, query, start) : builder.listing
  }

  return { getInteraction, listInteractions }
}

function inColumns(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true)
  return statement
}
