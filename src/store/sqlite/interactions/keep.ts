import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import type { RunWrites } from './runs.ts'

/** What is known of a stored interaction without its document. */
export interface Stored {
  revision: number
  startedAt: number
  ended: number
  hash: Uint8Array
}

/** An interaction as it is to be stored. */
export interface Kept {
  id: string
  customerId: string
  startedAt: number
  endedAt?: number | undefined
  revision: number
  hash: Uint8Array
  block: Block
}

export type InteractionKeeping = ReturnType<typeof interactionKeeping>

/**
 * Puts interactions where they belong: the document of an open one in its row, that of one that has ended in a run. The
 * runs are to be flushed before the transaction is committed.
 */
export function interactionKeeping(db: DatabaseSync, runs: RunWrites) {
  const statements = prepare(db)

  function find(accountId: string, id: string): Stored | undefined {
    return statements.find.get(accountId, id) as Stored | undefined
  }

  function documentOf(accountId: string, id: string, { ended, startedAt }: Stored): Block {
    if (ended === 1) return runs.get(accountId, { startedAt, id })
    return statements.open.get(accountId, id) as unknown as Block
  }

  /** `stored` is what `find` has given of it. */
  function keep(accountId: string, kept: Kept, stored: Stored | undefined): void {
    const { id, customerId, startedAt, endedAt = null, revision, hash, block } = kept
    // The document of one that has ended goes into a run, and leaves the one where it stood until now.
    const moved = stored?.ended === 1 && stored.startedAt !== startedAt
    if (moved) runs.remove(accountId, { startedAt: stored.startedAt, id })
    if (endedAt !== null) runs.put(accountId, { startedAt, id, block })
    const body = endedAt === null ? [block.crc, block.length, block.deflated] : [null, null, null]
    const columns = [revision, customerId, startedAt, endedAt, hash, ...body] as const
    if (stored === undefined) statements.insert.run(accountId, id, ...columns)
    else statements.update.run(...columns, accountId, id)
  }

  return { find, documentOf, keep }
}

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare(
      `SELECT revision, started_at AS startedAt, ended_at IS NOT NULL AS ended, hash FROM interactions
       WHERE account_id = ? AND id = ?`,
    ),
    open: db.prepare(
      'SELECT crc, length, body AS deflated FROM interactions WHERE account_id = ? AND id = ?',
    ),
    insert: db.prepare(
      `INSERT INTO interactions
         (account_id, id, revision, customer_id, started_at, ended_at, hash, crc, length, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: db.prepare(
      `UPDATE interactions
       SET revision = ?, customer_id = ?, started_at = ?, ended_at = ?, hash = ?, crc = ?, length = ?, body = ?
       WHERE account_id = ? AND id = ?`,
    ),
  }
}
