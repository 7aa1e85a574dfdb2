import { contentHash } from '../../../interaction/content-hash.ts'
import {
  type Gathered,
  gatheredLength,
  gatheredOf,
  gatherPatches,
  NOTHING_GATHERED,
  TOO_LARGE,
} from '../../../interaction/gather-patches.ts'
import { MAX_DOCUMENT_BYTES } from '../../../interaction/limits.ts'
import type { ArrivedMessage } from '../../../interaction/merge-patches.ts'
import type { Problem } from '../../../interaction/problems.ts'
import type { Addition, AdditionResult } from '../../addition.ts'
import { holds } from '../../preconditions.ts'
import type { Database, Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { integerIn, textIn } from '../wire/decode.ts'
import { type Statement, texts } from '../wire/encode.ts'
import type { Row } from '../wire/row.ts'
import { readBarrier } from './barrier.ts'
import type { Deflater } from './deflater.ts'
import { inTurn, lock, lockedIn, setRevision } from './locked.ts'
import { upsertMessages } from './messages.ts'
import { FIND, readBlock, type Stored, storedIn } from './stored.ts'
import type { inTurns } from './turns.ts'
import { type InteractionRow, touch, upsert } from './upsert.ts'

/**
 * Messages of one interaction that have the ids of patches, each looked up by itself: before PostgreSQL 17 `message_id = ANY` reads
 * all that the interaction has gathered.
 */
const STANDING = `SELECT found.* FROM unnest($3::text[]) AS asked (message_id) CROSS JOIN LATERAL (
    SELECT message_id, position, json FROM parlance.gathered_messages
    WHERE account_id = $1 AND interaction_id = $2 AND message_id = asked.message_id OFFSET 0
  ) AS found`

const GATHER = `UPDATE parlance.interactions SET revision = $3, transcript = $4, word_at = $5, gathered = $6,
    gathered_bytes = $7 WHERE account_id = $1 AND id = $2`

/** The interaction has this revision then; the statements make it so. */
interface Decided {
  result: AdditionResult
  statements: Statement[]
}

/** What an addition finds. */
interface Found {
  accountId: string
  /** The next revision. */
  next: number
  stored: Stored | undefined
  /** Messages that it has gathered, of the ids that are added. */
  standing: Map<string, ArrivedMessage[]>
}

/** `turns`: those of writes, of whatever kind. */
export function interactionAdditions(
  database: Database,
  deflater: Deflater,
  turns: ReturnType<typeof inTurns>,
) {
  function addMessages(accountId: string, addition: Addition): Promise<AdditionResult> {
    return inTurn(database, turns, accountId, async (transaction) => {
      const { result, statements } = await decide(transaction, accountId, addition)
      if (statements.length > 0) await transaction.commit(...statements)
      return result
    })
  }

  async function decide(transaction: Transaction, accountId: string, addition: Addition): Promise<Decided> {
    const { id, opening } = addition
    const [account, row, messages] = await transaction.run(
      lock(accountId),
      sql(FIND, accountId, texts([id])),
      sql(STANDING, accountId, id, texts(messageIds(addition))),
    )
    const locked = lockedIn(accountId, account)
    const stored = row?.rows[0] && storedIn(row.rows[0])[1]
    const whose = stored ?? opening
    const customers = whose === undefined ? [] : [whose.customerId]
    const barrier = await readBarrier(transaction, accountId, locked, { ids: [id], customers })
    const veiled = stored !== undefined && barrier.veils(stored)
    if (barrier.bars(id) || veiled || (whose !== undefined && barrier.refuses(whose)))
      return refused('erased')
    if (!holds(addition.precondition, stored)) return refused('precondition')
    const found: Found = {
      accountId,
      next: locked.revision + 1,
      stored,
      standing: Map.groupBy((messages?.rows ?? []).map(arrivedIn), ({ messageId }) => messageId),
    }
    if (stored === undefined) return open(found, addition)
    if (stored.ended) return addToEnded(transaction, found, stored, addition)
    if (stored.gathering === undefined) return takeApart(transaction, found, stored, addition)
    return gather(found, stored, addition)
  }

  /** Creates the interaction as one that gathers messages. */
  async function open({ accountId, next }: Found, addition: Addition): Promise<Decided> {
    const { id, opening, transcript } = addition
    if (opening === undefined) return refused('unknown')
    const merged = gatherPatches(addition.patches, NOTHING_GATHERED, () => [], addition.keepUnknownValues)
    if (!merged.ok) return refused(merged.reason, merged.problems)
    const { customerId, startedAt } = opening
    const head = { id, customerId, startedAt, transcript, revision: next }
    const all = { messages: merged.changed, gathered: merged.gathered }
    const created = await gathering(accountId, head, opening.json, all, addition)
    return created ?? refused('too_large', [TOO_LARGE])
  }

  /** The first addition to an open one whose document is whole. */
  async function takeApart(
    transaction: Transaction,
    { accountId, next }: Found,
    stored: Stored,
    addition: Addition,
  ): Promise<Decided> {
    const { id, patches, keepUnknownValues } = addition
    const { head, messages } = await deflater.scatter(await readBlock(transaction, accountId, id))
    const byId = Map.groupBy(messages, ({ messageId }) => messageId)
    const standing = (messageId: string) => byId.get(messageId) ?? []
    const merged = gatherPatches(patches, gatheredOf(messages), standing, keepUnknownValues)
    if (!merged.ok) return refused(merged.reason, merged.problems)
    if (merged.changed.length === 0) return untouched(accountId, next, stored, addition)
    for (const message of merged.changed) messages[message.position] = message
    const { customerId, startedAt } = stored
    const transcript = addition.transcript ?? stored.transcript
    const row = { id, customerId, startedAt, transcript, revision: next }
    const all = { messages, gathered: merged.gathered }
    const taken = await gathering(accountId, row, head, all, addition)
    if (taken === undefined) return refused('too_large', [TOO_LARGE])
    return { ...taken, result: { outcome: 'updated', revision: next } }
  }

  /** Writes a head and all of its messages; undefined where both together are too large. */
  async function gathering(
    accountId: string,
    row: Pick<InteractionRow, 'id' | 'customerId' | 'startedAt' | 'transcript' | 'revision'>,
    head: string,
    { messages, gathered }: { messages: ArrivedMessage[]; gathered: Gathered },
    { now = Date.now() }: Addition,
  ): Promise<Decided | undefined> {
    const plain = Buffer.from(head)
    if (gatheredLength(plain.length, gathered) > MAX_DOCUMENT_BYTES) return undefined
    const block = await deflater.deflate(plain)
    const { id, revision } = row
    return {
      result: { outcome: 'created', revision },
      statements: [
        upsert(accountId, [{ ...row, hash: contentHash(plain), block, wordAt: now, gathering: gathered }]),
        upsertMessages(
          accountId,
          messages.map((message) => ({ ...message, id })),
        ),
        setRevision(accountId, revision),
      ],
    }
  }

  /** The document is issued anew. */
  async function addToEnded(
    transaction: Transaction,
    { accountId, next }: Found,
    stored: Stored,
    addition: Addition,
  ): Promise<Decided> {
    const { id, patches, keepUnknownValues } = addition
    const block = await readBlock(transaction, accountId, id)
    const added = await deflater.add(block, patches, keepUnknownValues)
    if (!added.ok) return refused(added.reason, added.problems)
    const { hash, block: document } = added.prepared
    if (Buffer.compare(hash, stored.hash) === 0) return untouched(accountId, next, stored, addition)
    const { deflated, crc, length } = document
    return {
      result: { outcome: 'updated', revision: next },
      statements: [
        sql(
          `UPDATE parlance.interactions SET revision = $3, transcript = $4, hash = $5, crc = $6, length = $7, body = $8
           WHERE account_id = $1 AND id = $2`,
          accountId,
          id,
          next,
          addition.transcript ?? stored.transcript,
          hash,
          crc,
          length,
          deflated,
        ),
        setRevision(accountId, next),
      ],
    }
  }

  return { addMessages }
}

/** Adds to one that gathers messages: looks at no other message, and at none of its document. */
function gather({ accountId, next, standing }: Found, stored: Stored, addition: Addition): Decided {
  const { id, patches, keepUnknownValues, now = Date.now() } = addition
  const before = stored.gathering as NonNullable<Stored['gathering']>
  const merged = gatherPatches(
    patches,
    before,
    (messageId) => standing.get(messageId) ?? [],
    keepUnknownValues,
  )
  if (!merged.ok) return refused(merged.reason, merged.problems)
  const { changed, gathered } = merged
  if (changed.length === 0) return untouched(accountId, next, stored, addition)
  if (gatheredLength(stored.length, gathered) > MAX_DOCUMENT_BYTES) return refused('too_large', [TOO_LARGE])
  const transcript = addition.transcript ?? stored.transcript
  return {
    result: { outcome: 'updated', revision: next },
    statements: [
      upsertMessages(
        accountId,
        changed.map((message) => ({ ...message, id })),
      ),
      sql(GATHER, accountId, id, next, transcript, now, gathered.count, gathered.bytes),
      setRevision(accountId, next),
    ],
  }
}

/** No message has changed: the state of the transcript may have, and an open one was heard of. */
function untouched(accountId: string, next: number, stored: Stored, addition: Addition): Decided {
  const { id, transcript, now = Date.now() } = addition
  const changes = transcript !== undefined && transcript !== stored.transcript
  const wordAt = stored.ended ? undefined : now
  if (changes) {
    return {
      result: { outcome: 'updated', revision: next },
      statements: [
        touch(accountId, [{ id, revision: next, transcript, wordAt }]),
        setRevision(accountId, next),
      ],
    }
  }
  return {
    result: { outcome: 'unchanged', revision: stored.revision },
    statements: stored.ended ? [] : [touch(accountId, [{ id, wordAt }])],
  }
}

function messageIds({ patches }: Addition): string[] {
  return [...new Set(patches.map((patch) => (JSON.parse(patch) as { message_id: string }).message_id))]
}

function arrivedIn([messageId, position, json]: Row): ArrivedMessage {
  return { messageId: textIn(messageId), position: integerIn(position), json: textIn(json) }
}

function refused(
  reason: Extract<AdditionResult, { outcome: 'rejected' }>['reason'],
  problems: Problem[] = [],
): Decided {
  return { result: { outcome: 'rejected', reason, problems }, statements: [] }
}
