import type { Block } from '../../../interaction/block.ts'
import type { Gathered } from '../../../interaction/gather-patches.ts'
import { isTranscriptState, type TranscriptState } from '../../../interaction/transcript.ts'
import type { Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { booleanIn, bytesIn, integerIn, maybe, textIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'
import { byIds } from './by-ids.ts'
import type { InteractionRow, Touch } from './upsert.ts'

/** What is known of a stored interaction when something is to be written to it, and what is to be written of it. */
export interface Stored {
  revision: number
  ended: boolean
  /** Of the document, or of the head of one that gathers messages; likewise the bytes. */
  hash: Uint8Array
  length: number
  customerId: string
  startedAt: number
  transcript: TranscriptState | undefined
  gathering: Gathered | undefined
  written?: InteractionRow
  touched?: Touch
  /** The messages that it had gathered are to go. */
  dropped?: boolean
}

export const FIND = byIds(
  'interactions',
  `id, revision, ended_at IS NOT NULL, hash, length, customer_id, started_at, transcript, gathered,
  gathered_bytes`,
)

/** Reads a row of FIND. */
export function storedIn(row: Row): [id: string, stored: Stored] {
  const [id, revision, ended, hash, length, customerId, startedAt, transcript, count, bytes] = row
  const stored: Stored = {
    revision: integerIn(revision),
    ended: booleanIn(ended),
    hash: bytesIn(hash),
    length: integerIn(length),
    customerId: textIn(customerId),
    startedAt: integerIn(startedAt),
    transcript: transcriptIn(transcript),
    gathering: gatheringIn(count, bytes),
  }
  return [textIn(id), stored]
}

export function transcriptIn(column: Buffer | null | undefined): TranscriptState | undefined {
  const text = maybe(column, textIn)
  return text !== undefined && isTranscriptState(text) ? text : undefined
}

export function gatheringIn(
  count: Buffer | null | undefined,
  bytes: Buffer | null | undefined,
): Gathered | undefined {
  return count == null ? undefined : { count: integerIn(count), bytes: integerIn(bytes) }
}

/** A block in three columns: crc, length, body. */
export function blockIn(row: Row, from: number): Block {
  return { crc: row.integer(from), length: row.integer(from + 1), deflated: bytesIn(row.column(from + 2)) }
}

/** What is stored of an interaction: its document, or the head of one that gathers messages. */
export async function readBlock(transaction: Transaction, accountId: string, id: string): Promise<Block> {
  const [found] = await transaction.run(
    sql(
      'SELECT crc, length, body FROM parlance.interactions WHERE account_id = $1 AND id = $2',
      accountId,
      id,
    ),
  )
  return blockIn(found?.rows[0] as Row, 0)
}
