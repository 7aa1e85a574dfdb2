import type { DatabaseSync } from 'node:sqlite'
import { addMessages as addToDocument } from '../../../interaction/add-messages.ts'
import { deflateBlock } from '../../../interaction/block.ts'
import { contentHash } from '../../../interaction/content-hash.ts'
import {
  type Gathered,
  gatheredLength,
  gatheredOf,
  gatherPatches,
  NOTHING_GATHERED,
  TOO_LARGE,
} from '../../../interaction/gather-patches.ts'
import { scatterDocument } from '../../../interaction/gathered.ts'
import { MAX_DOCUMENT_BYTES } from '../../../interaction/limits.ts'
import type { Problem } from '../../../interaction/problems.ts'
import type { Draft } from '../../../interaction/serialise.ts'
import type { TranscriptState } from '../../../interaction/transcript.ts'
import { collectAfter } from '../../../memory.ts'
import type { Addition, AdditionResult } from '../../addition.ts'
import { holds } from '../../preconditions.ts'
import type { InteractionKeeping, Stored } from './keep.ts'
import { accountStates } from './veil.ts'

/** What is added, with the revision that it takes where it changes anything. */
interface Adding extends Addition {
  revision: number
  state: TranscriptState | null
  wordAt: number
}

export function additionWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const stateOf = accountStates(db)
  const setRevision = db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?')

  function addMessages(accountId: string, addition: Addition): AdditionResult {
    const account = stateOf(accountId)
    const stored = interactions.find(accountId, addition.id)
    const { id, opening, precondition } = addition
    const { customerId, startedAt } = stored ?? opening ?? {}
    if (account.refuses({ id, customerId, startedAt }, stored)) return rejected('erased')
    if (!holds(precondition, stored)) return rejected('precondition')
    const state = addition.transcript ?? stored?.transcript ?? null
    const wordAt = addition.now ?? Date.now()
    const adding = { ...addition, revision: account.revision + 1, state, wordAt }
    const result = addTo(accountId, adding, stored)
    if (result.outcome === 'created' || result.outcome === 'updated') {
      setRevision.run(result.revision, accountId)
    }
    return result
  }

  function addTo(accountId: string, adding: Adding, stored: Stored | undefined): AdditionResult {
    if (stored === undefined) {
      return adding.opening === undefined ? rejected('unknown') : open(accountId, adding, adding.opening)
    }
    if (stored.endedAt !== null) return addToEnded(accountId, adding, stored)
    if (stored.gathered === null) return scatter(accountId, adding, stored)
    return gather(accountId, adding, stored, { count: stored.gathered, bytes: stored.gatheredBytes ?? 0 })
  }

  function open(accountId: string, adding: Adding, opening: Draft): AdditionResult {
    const { revision, state: transcript, wordAt } = adding
    const { id, customerId, startedAt } = opening
    const merged = gatherPatches(adding.patches, NOTHING_GATHERED, () => [], adding.keepUnknownValues)
    if (!merged.ok) return rejected(merged.reason, merged.problems)
    const plain = Buffer.from(opening.json)
    if (gatheredLength(plain.length, merged.gathered) > MAX_DOCUMENT_BYTES) return tooLarge()
    const hash = contentHash(plain)
    const head = { id, customerId, startedAt, hash, block: deflateBlock(plain), gathered: merged.gathered }
    interactions.keep(accountId, { ...head, revision, transcript, wordAt }, undefined)
    interactions.putMessages(accountId, id, merged.changed)
    return { outcome: 'created', revision }
  }

  /** Adds to one that gathers: looks only at messages of the same ids. */
  function gather(accountId: string, adding: Adding, stored: Stored, before: Gathered): AdditionResult {
    const { id, revision, patches, keepUnknownValues, state: transcript, wordAt } = adding
    const standing = (messageId: string) => interactions.messagesWith(accountId, id, messageId)
    const merged = gatherPatches(patches, before, standing, keepUnknownValues)
    if (!merged.ok) return rejected(merged.reason, merged.problems)
    if (merged.changed.length === 0 && transcript === stored.transcript) {
      interactions.touch(accountId, id, wordAt)
      return { outcome: 'unchanged', revision: stored.revision }
    }
    if (gatheredLength(stored.length ?? 0, merged.gathered) > MAX_DOCUMENT_BYTES) return tooLarge()
    interactions.putMessages(accountId, id, merged.changed)
    interactions.mark(accountId, id, { revision, transcript, wordAt, gathered: merged.gathered }, stored)
    return { outcome: 'updated', revision }
  }

  /** Adds to one whose document is whole, and takes it apart for that, so that the next one finds it gathering. */
  function scatter(accountId: string, adding: Adding, stored: Stored): AdditionResult {
    const { id, revision, patches, keepUnknownValues, state: transcript, wordAt } = adding
    const { head, messages } = scatterDocument(interactions.jsonOf(accountId, id, stored))
    const byId = Map.groupBy(messages, ({ messageId }) => messageId)
    const standing = (messageId: string) => byId.get(messageId) ?? []
    const merged = gatherPatches(patches, gatheredOf(messages), standing, keepUnknownValues)
    if (!merged.ok) return rejected(merged.reason, merged.problems)
    if (merged.changed.length === 0) return marked(accountId, adding, stored)
    const plain = Buffer.from(head)
    if (gatheredLength(plain.length, merged.gathered) > MAX_DOCUMENT_BYTES) return tooLarge()
    const { customerId, startedAt } = stored
    const facts = { id, customerId, startedAt, revision, transcript, wordAt, gathered: merged.gathered }
    const kept = { ...facts, hash: contentHash(plain), block: deflateBlock(plain) }
    interactions.keep(accountId, kept, stored)
    interactions.putMessages(accountId, id, messages)
    interactions.putMessages(accountId, id, merged.changed)
    return { outcome: 'updated', revision }
  }

  function addToEnded(accountId: string, adding: Adding, stored: Stored): AdditionResult {
    const { id, revision, patches, keepUnknownValues, state: transcript } = adding
    const before = interactions.jsonOf(accountId, id, stored)
    const added = addToDocument(before, patches, keepUnknownValues)
    collectAfter(before.length)
    if (!added.ok) return rejected(added.reason, added.problems)
    if (added.json === before) return marked(accountId, adding, stored)
    const plain = Buffer.from(added.json)
    const { customerId, startedAt, endedAt } = stored
    const facts = { id, customerId, startedAt, endedAt: endedAt ?? undefined, revision, transcript }
    interactions.keep(accountId, { ...facts, hash: contentHash(plain), block: deflateBlock(plain) }, stored)
    return { outcome: 'updated', revision }
  }

  /** No message has changed: what is told of the transcript may have. */
  function marked(accountId: string, adding: Adding, stored: Stored): AdditionResult {
    const { id, revision, state: transcript, wordAt } = adding
    if (transcript !== stored.transcript) {
      interactions.mark(accountId, id, { revision, transcript, wordAt }, stored)
      return { outcome: 'updated', revision }
    }
    if (stored.endedAt === null) interactions.touch(accountId, id, wordAt)
    return { outcome: 'unchanged', revision: stored.revision }
  }

  return { addMessages }
}

type RejectReason = Extract<AdditionResult, { outcome: 'rejected' }>['reason']

function rejected(reason: RejectReason, problems: Problem[] = []): AdditionResult {
  return { outcome: 'rejected', reason, problems }
}

function tooLarge(): AdditionResult {
  return rejected('too_large', [TOO_LARGE])
}
