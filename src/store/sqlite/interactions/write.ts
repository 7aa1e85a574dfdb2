import type { DatabaseSync } from 'node:sqlite'
import { deflateBlock } from '../../../interaction/block.ts'
import { contentHash } from '../../../interaction/content-hash.ts'
import { type Gathered, gatheredLength } from '../../../interaction/gather-patches.ts'
import { gatherDocument } from '../../../interaction/gathered.ts'
import { keepMessages } from '../../../interaction/keep-messages.ts'
import { MAX_DOCUMENT_BYTES } from '../../../interaction/limits.ts'
import { documentAt, type PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { plainDocument } from '../../../interaction/page.ts'
import { countResults } from '../../import-state.ts'
import { holds } from '../../preconditions.ts'
import type { RejectReason, WriteOptions, WriteResult } from '../../store.ts'
import type { InteractionKeeping, Stored } from './keep.ts'
import { type AccountState, accountStates } from './veil.ts'

/** A draft with its document. */
type Given = PackedDrafts['drafts'][number] & { plain: Buffer }

/** What holds for one write of a batch. */
interface Circumstances extends Pick<WriteOptions, 'transcript'> {
  revision: number
  precondition: NonNullable<WriteOptions['preconditions']>[number]
  /** Milliseconds since 1970. */
  now: number
}

export function interactionWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const stateOf = accountStates(db)
  const statements = prepare(db)

  function writeInteractions(
    accountId: string,
    packed: PackedDrafts,
    { preconditions, progress, transcript, now = Date.now() }: WriteOptions = {},
  ): WriteResult[] {
    const state = stateOf(accountId)
    let { revision } = state
    const results: WriteResult[] = []
    for (const [index, draft] of packed.drafts.entries()) {
      const given = { ...draft, plain: documentAt(packed, index) }
      const precondition = preconditions?.[index]
      const result = writeOne(accountId, state, given, {
        revision: revision + 1,
        precondition,
        transcript,
        now,
      })
      if (result.outcome === 'created' || result.outcome === 'updated') revision += 1
      results.push(result)
    }
    if (revision !== state.revision) statements.setRevision.run(revision, accountId)
    if (progress !== undefined) {
      const reached = JSON.stringify(countResults(progress.state, results))
      statements.setImport.run(accountId, progress.source, reached)
    }
    return results
  }

  function writeOne(
    accountId: string,
    state: AccountState,
    draft: Given,
    { revision, precondition, now, ...told }: Circumstances,
  ): WriteResult {
    const { id, customerId, startedAt, endedAt } = draft
    const stored = interactions.find(accountId, id)
    if (state.refuses(draft, stored)) return rejected('erased')
    if (!holds(precondition, stored)) return rejected('precondition')
    if (stored !== undefined && stored.endedAt !== null && endedAt === undefined) return rejected('reopened')
    const gathered = goesOnGathering(draft, stored)
    const plain = gathered === undefined ? documentOf(accountId, draft, stored) : draft.plain
    if (plain === undefined) return rejected('too_large')
    if (gathered !== undefined && gatheredLength(plain.length, gathered) > MAX_DOCUMENT_BYTES)
      return rejected('too_large')

    const hash = contentHash(plain)
    const transcript = told.transcript ?? stored?.transcript ?? null
    if (stored !== undefined && hash.equals(storedHash(accountId, id, stored, gathered))) {
      if (transcript === stored.transcript) {
        if (stored.endedAt === null) interactions.touch(accountId, id, now)
        return { outcome: 'unchanged', revision: stored.revision }
      }
      interactions.mark(accountId, id, { revision, transcript, wordAt: now }, stored)
      return { outcome: 'updated', revision }
    }
    const kept = { id, customerId, startedAt, endedAt, revision, hash, transcript, gathered, wordAt: now }
    interactions.keep(accountId, { ...kept, block: deflateBlock(plain) }, stored)
    return { outcome: stored === undefined ? 'created' : 'updated', revision }
  }

  /** The document that a draft makes; undefined where it would be too large. */
  function documentOf(accountId: string, draft: Given, stored: Stored | undefined): Buffer | undefined {
    if (!draft.keepsMessages || stored === undefined) return draft.plain
    const { id, plain } = draft
    if (stored.gathered !== null) {
      const messages = interactions.messagesOf(accountId, id).map(({ json }) => json)
      const gathered = Buffer.from(gatherDocument(plain.toString(), messages))
      return gathered.length > MAX_DOCUMENT_BYTES ? undefined : gathered
    }
    const document = plainDocument(interactions.blockOf(accountId, id, stored))
    const json = keepMessages(plain.toString(), document.toString())
    return json === undefined ? undefined : Buffer.from(json)
  }

  /** The hash of what a draft is compared with: of the head where messages go on being gathered, else of the document. */
  function storedHash(
    accountId: string,
    id: string,
    stored: Stored,
    gathered: Gathered | undefined,
  ): Uint8Array {
    if (stored.gathered === null || gathered !== undefined) return stored.hash
    return contentHash(Buffer.from(interactions.jsonOf(accountId, id, stored)))
  }

  return { writeInteractions }
}

/** What has been gathered, where it stays as it is: the draft says nothing of messages, and is still open. */
function goesOnGathering(
  { keepsMessages, endedAt }: Given,
  stored: Stored | undefined,
): Gathered | undefined {
  const { gathered = null, gatheredBytes = null } = stored ?? {}
  if (gathered === null || gatheredBytes === null || !keepsMessages || endedAt !== undefined) return undefined
  return { count: gathered, bytes: gatheredBytes }
}

function rejected(reason: RejectReason): WriteResult {
  return { outcome: 'rejected', reason }
}

function prepare(db: DatabaseSync) {
  return {
    setRevision: db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?'),
    setImport: db.prepare(
      `INSERT INTO imports (account_id, source, state) VALUES (?, ?, ?)
       ON CONFLICT (account_id, source) DO UPDATE SET state = excluded.state`,
    ),
  }
}
