import type { DatabaseSync } from 'node:sqlite'
import { deflateBlock } from '../../../interaction/block.ts'
import { contentHash } from '../../../interaction/content-hash.ts'
import { keepMessages } from '../../../interaction/keep-messages.ts'
import { documentAt, type PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { plainDocument } from '../../../interaction/page.ts'
import { countResults } from '../../import-state.ts'
import { holds } from '../../preconditions.ts'
import type { Precondition, WriteOptions, WriteResult } from '../../store.ts'
import type { InteractionKeeping, Stored } from './keep.ts'

/** A draft with its document. */
type Given = PackedDrafts['drafts'][number] & { plain: Buffer }

export function interactionWrites(db: DatabaseSync, interactions: InteractionKeeping) {
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
    const stored = interactions.find(accountId, draft.id)
    if (!holds(precondition, stored)) return { outcome: 'rejected', reason: 'precondition' }
    if (stored?.ended === 1 && draft.endedAt === undefined) return { outcome: 'rejected', reason: 'reopened' }
    const plain =
      draft.keepsMessages && stored !== undefined ? withStoredMessages(accountId, draft, stored) : draft.plain
    if (plain === undefined) return { outcome: 'rejected', reason: 'too_large' }

    const hash = contentHash(plain)
    if (stored !== undefined && hash.equals(stored.hash)) {
      return { outcome: 'unchanged', revision: stored.revision }
    }
    const { id, customerId, startedAt, endedAt } = draft
    const kept = { id, customerId, startedAt, endedAt, revision, hash, block: deflateBlock(plain) }
    interactions.keep(accountId, kept, stored)
    return { outcome: stored === undefined ? 'created' : 'updated', revision }
  }

  function withStoredMessages(accountId: string, { id, plain }: Given, stored: Stored): Buffer | undefined {
    const document = interactions.documentOf(accountId, id, stored)
    const json = keepMessages(plain.toString(), plainDocument(document).toString())
    return json === undefined ? undefined : Buffer.from(json)
  }

  return { writeInteractions }
}

function prepare(db: DatabaseSync) {
  return {
    revision: db.prepare('SELECT revision FROM accounts WHERE account_id = ?'),
    setRevision: db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?'),
    setImport: db.prepare(
      `INSERT INTO imports (account_id, source, state) VALUES (?, ?, ?)
       ON CONFLICT (account_id, source) DO UPDATE SET state = excluded.state`,
    ),
  }
}
