import { hash as digest } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type Block, deflateBlock } from '../../../interaction/block.ts'
import { keepMessages } from '../../../interaction/keep-messages.ts'
import { documentAt, type PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { plainDocument } from '../../../interaction/page.ts'
import { countResults } from '../../import-state.ts'
import type { Precondition, WriteOptions, WriteResult } from '../../store.ts'
import type { RunWrites } from './runs.ts'

/** A draft with its document. */
type Given = PackedDrafts['drafts'][number] & { plain: Buffer }

interface Stored {
  revision: number
  startedAt: number
  ended: number
  hash: Uint8Array
}

const HASH_BYTES = 16

/** The runs are to be flushed before the transaction is committed. */
export function interactionWrites(db: DatabaseSync, runs: RunWrites) {
  const statements = prepare(db)

  function writeInteractions(
    accountId: string,
    packed: PackedDrafts,
    options: WriteOptions = {},
  ): WriteResult[] {
    const account = statements.revision.get(accountId) as { revision: number } | undefined
    if (account === undefined) throw new Error(`there is no account ${accountId}`)
    let revision = account.revision
    const results: WriteResult[] = []
    for (const [index, draft] of packed.drafts.entries()) {
      const given = { ...draft, plain: documentAt(packed, index) }
      const result = writeOne(accountId, given, revision + 1, options.preconditions?.[index])
      if (result.outcome === 'created' || result.outcome === 'updated') revision += 1
      results.push(result)
    }
    if (revision !== account.revision) statements.setRevision.run(revision, accountId)
    if (options.progress !== undefined) {
      statements.setImport.run(
        accountId,
        options.progress.source,
        JSON.stringify(countResults(options.progress.state, results)),
      )
    }
    return results
  }

  function writeOne(
    accountId: string,
    draft: Given,
    revision: number,
    precondition: Precondition | undefined,
  ): WriteResult {
    const stored = statements.find.get(accountId, draft.id) as Stored | undefined
    if (!holds(precondition, stored)) return { outcome: 'rejected', reason: 'precondition' }
    if (stored?.ended === 1 && draft.endedAt === undefined) return { outcome: 'rejected', reason: 'reopened' }
    const plain =
      draft.keepsMessages && stored !== undefined ? withStoredMessages(accountId, draft, stored) : draft.plain
    if (plain === undefined) return { outcome: 'rejected', reason: 'too_large' }

    const hash = digest('sha256', plain, 'buffer').subarray(0, HASH_BYTES)
    if (stored !== undefined && hash.equals(stored.hash)) {
      return { outcome: 'unchanged', revision: stored.revision }
    }
    store(accountId, draft, stored, revision, hash, deflateBlock(plain))
    return { outcome: stored === undefined ? 'created' : 'updated', revision }
  }

  function store(
    accountId: string,
    draft: Given,
    stored: Stored | undefined,
    revision: number,
    hash: Uint8Array,
    block: Block,
  ): void {
    const { id, customerId, startedAt, endedAt = null } = draft
    // The document of one that has ended goes into a run, and leaves the one where it stood until now.
    const moved = stored?.ended === 1 && stored.startedAt !== startedAt
    if (moved) runs.remove(accountId, { startedAt: stored.startedAt, id })
    if (endedAt !== null) runs.put(accountId, { startedAt, id, block })
    const body = endedAt === null ? [block.crc, block.length, block.deflated] : [null, null, null]
    const columns = [revision, customerId, startedAt, endedAt, hash, ...body] as const
    if (stored === undefined) statements.insert.run(accountId, id, ...columns)
    else statements.update.run(...columns, accountId, id)
  }

  function withStoredMessages(accountId: string, { id, plain }: Given, stored: Stored): Buffer | undefined {
    const document =
      stored.ended === 1
        ? runs.get(accountId, { startedAt: stored.startedAt, id })
        : (statements.open.get(accountId, id) as unknown as Block)
    const json = keepMessages(plain.toString(), plainDocument(document).toString())
    return json === undefined ? undefined : Buffer.from(json)
  }

  return { writeInteractions }
}

function holds(precondition: Precondition | undefined, stored: Stored | undefined): boolean {
  if (precondition === undefined) return true
  if (precondition === 'absent') return stored === undefined
  if (stored === undefined) return false
  return precondition === 'exists' || precondition.revisions.includes(stored.revision)
}

function prepare(db: DatabaseSync) {
  return {
    revision: db.prepare('SELECT revision FROM accounts WHERE account_id = ?'),
    setRevision: db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?'),
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
    setImport: db.prepare(
      `INSERT INTO imports (account_id, source, state) VALUES (?, ?, ?)
       ON CONFLICT (account_id, source) DO UPDATE SET state = excluded.state`,
    ),
  }
}
