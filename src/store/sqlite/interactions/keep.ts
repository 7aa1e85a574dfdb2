import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import type { Gathered } from '../../../interaction/gather-patches.ts'
import { plainDocument } from '../../../interaction/page.ts'
import type { TranscriptState } from '../../../interaction/transcript.ts'
import { type GatheredWrites, gatheredJson, gatheredWrites } from './gathered.ts'
import type { RunWrites } from './runs.ts'

/** What is known of a stored interaction without its document. */
export interface Stored {
  revision: number
  customerId: string
  startedAt: number
  endedAt: number | null
  hash: Uint8Array
  /** Bytes of the document, or of the head, of an open one. */
  length: number | null
  transcript: TranscriptState | null
  /** Messages, and bytes of them, of one that gathers. */
  gathered: number | null
  gatheredBytes: number | null
}

/** What has to be known of one that is taken out. */
export type Going = Pick<Stored, 'startedAt' | 'endedAt' | 'length' | 'gathered' | 'gatheredBytes'>

/** An interaction as it is to be stored. */
export interface Kept {
  id: string
  customerId: string
  startedAt: number
  endedAt?: number | undefined
  revision: number
  /** Of the plain bytes of the block. */
  hash: Uint8Array
  /** The document; of one that gathers messages its head. */
  block: Block
  gathered?: Gathered | undefined
  /** Milliseconds since 1970: when it was last heard of. Only looked at while it is open. */
  wordAt?: number | undefined
  transcript?: TranscriptState | null | undefined
}

/** What changes where the document, or the head, stays. */
export interface Mark {
  revision: number
  transcript: TranscriptState | null
  wordAt: number
  gathered?: Gathered | undefined
}

export interface InteractionKeeping extends GatheredWrites {
  find(accountId: string, id: string): Stored | undefined
  /** The document as it lies there; the head of one that gathers messages. `stored` is what `find` has given of it. */
  blockOf(accountId: string, id: string, stored: Stored): Block
  /** The JSON of the whole document. */
  jsonOf(accountId: string, id: string, stored: Stored): string
  /** Keeps all but the messages that it gathers; those that it has gathered go, where it gathers no more. */
  keep(accountId: string, kept: Kept, stored: Stored | undefined): void
  mark(accountId: string, id: string, mark: Mark, stored: Stored): void
  /** Notes when an open one was last heard of. */
  touch(accountId: string, id: string, wordAt: number): void
  /** Takes all of it out; gives about how many bytes that were. */
  remove(accountId: string, id: string, stored: Going): number
}

/**
 * Puts interactions where they belong: the document of an open one in its row, with the messages that it gathers in rows of
 * their own, that of one that has ended in a run. The runs are to be flushed before the transaction is committed.
 */
export function interactionKeeping(db: DatabaseSync, runs: RunWrites): InteractionKeeping {
  const statements = prepare(db)
  const messages = gatheredWrites(db)

  function blockOf(accountId: string, id: string, { endedAt, startedAt }: Stored): Block {
    if (endedAt !== null) return runs.get(accountId, { startedAt, id })
    return statements.open.get(accountId, id) as unknown as Block
  }

  function jsonOf(accountId: string, id: string, stored: Stored): string {
    const block = blockOf(accountId, id, stored)
    if (stored.gathered === null) return plainDocument(block).toString()
    return gatheredJson(block, messages.messagesOf(accountId, id))
  }

  function keep(accountId: string, kept: Kept, stored: Stored | undefined): void {
    const { id, startedAt, endedAt, block } = kept
    // The document of one that has ended goes into a run, and leaves the one where it stood until now.
    const moved = stored !== undefined && stored.endedAt !== null && stored.startedAt !== startedAt
    if (moved) runs.remove(accountId, { startedAt: stored.startedAt, id })
    if (endedAt !== undefined) runs.put(accountId, { startedAt, id, block })
    const gathers = endedAt === undefined && kept.gathered !== undefined
    if (stored !== undefined && stored.gathered !== null && !gathers) messages.removeMessages(accountId, id)
    const columns = columnsOf(kept)
    if (stored === undefined) statements.insert.run(accountId, id, ...columns)
    else statements.update.run(...columns, accountId, id)
  }

  function mark(
    accountId: string,
    id: string,
    { revision, transcript, wordAt, gathered }: Mark,
    stored: Stored,
  ) {
    const { count, bytes } = gathered ?? { count: stored.gathered, bytes: stored.gatheredBytes }
    const word = stored.endedAt === null ? wordAt : null
    statements.mark.run(revision, transcript, word, count, bytes, accountId, id)
  }

  function remove(accountId: string, id: string, { endedAt, startedAt, ...going }: Going): number {
    const removed = endedAt === null ? (going.length ?? 0) : runs.remove(accountId, { startedAt, id })
    if (going.gathered !== null) messages.removeMessages(accountId, id)
    statements.remove.run(accountId, id)
    return removed + (going.gatheredBytes ?? 0)
  }

  return {
    ...messages,
    find: (accountId, id) => statements.find.get(accountId, id) as Stored | undefined,
    blockOf,
    jsonOf,
    keep,
    mark,
    touch: (accountId, id, wordAt) => void statements.touch.run(wordAt, accountId, id),
    remove,
  }
}

type Columns = (string | number | null | Uint8Array)[]

function columnsOf({ revision, customerId, startedAt, endedAt, hash, block, ...kept }: Kept): Columns {
  const columns = [revision, customerId, startedAt, endedAt ?? null, hash]
  if (endedAt !== undefined) return [...columns, null, null, null, kept.transcript ?? null, null, null, null]
  const { crc, length, deflated } = block
  const { wordAt = null, gathered, transcript = null } = kept
  const form = [gathered?.count ?? null, gathered?.bytes ?? null]
  return [...columns, crc, length, deflated, transcript, wordAt, ...form]
}

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare(
      `SELECT revision, customer_id AS customerId, started_at AS startedAt, ended_at AS endedAt, hash,
         length, transcript, gathered, gathered_bytes AS gatheredBytes
       FROM interactions WHERE account_id = ? AND id = ?`,
    ),
    open: db.prepare(
      'SELECT crc, length, body AS deflated FROM interactions WHERE account_id = ? AND id = ?',
    ),
    insert: db.prepare(
      `INSERT INTO interactions
         (account_id, id, revision, customer_id, started_at, ended_at, hash, crc, length, body,
          transcript, word_at, gathered, gathered_bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: db.prepare(
      `UPDATE interactions
       SET revision = ?, customer_id = ?, started_at = ?, ended_at = ?, hash = ?, crc = ?, length = ?, body = ?,
         transcript = ?, word_at = ?, gathered = ?, gathered_bytes = ?
       WHERE account_id = ? AND id = ?`,
    ),
    mark: db.prepare(
      `UPDATE interactions SET revision = ?, transcript = ?, word_at = ?, gathered = ?, gathered_bytes = ?
       WHERE account_id = ? AND id = ?`,
    ),
    touch: db.prepare('UPDATE interactions SET word_at = ? WHERE account_id = ? AND id = ?'),
    remove: db.prepare('DELETE FROM interactions WHERE account_id = ? AND id = ?'),
  }
}
