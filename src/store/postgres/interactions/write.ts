import { freeBytes } from '../../../interaction/bytes.ts'
import { type PackedDrafts, packedOf } from '../../../interaction/packed-drafts.ts'
import type { Draft } from '../../../interaction/serialise.ts'
import { countResults } from '../../import-state.ts'
import type { WriteOptions, WriteResult } from '../../store.ts'
import type { Database, Queries, Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { bytesIn, textIn } from '../wire/decode.ts'
import { type Statement, texts } from '../wire/encode.ts'
import { Batch, type Head, idsOf, placedAt } from './batch.ts'
import { byIds } from './by-ids.ts'
import type { Deflater } from './deflater.ts'
import type { Prepared } from './deflating.ts'
import type { inTurns } from './turns.ts'

/** Batches of more drafts ask first which are stored already, before they compress what is not needed. */
const FEW = 4
/** Accounts of which it is remembered that their last batch was new. */
const MAX_GROWING = 1000

const HASHES = byIds('interactions', 'id, hash')

/** `turns`: those of writes, of whatever kind. */
export function interactionWrites(whole: Database, deflater: Deflater, turns: ReturnType<typeof inTurns>) {
  // Accounts of whose last batch nothing was stored: the next one is taken for new as well, and compressed without asking.
  // Where that is wrong, one batch is compressed in vain.
  const growing = new Set<string>()

  function writeInteractions(
    accountId: string,
    given: Draft[] | PackedDrafts,
    options: WriteOptions = {},
  ): Promise<WriteResult[]> {
    const packed = packedOf(given)
    return whole.during(async (database) => {
      // Compressed while those before it are written.
      const preparing = prepare(database, accountId, packed)
      preparing.catch(() => {})
      try {
        return await turns(
          accountId,
          async (until) => writeBatch(database, accountId, packed, await preparing, options, until),
          options.since,
        )
      } finally {
        freeKept(packed)
      }
    })
  }

  async function prepare(database: Queries, accountId: string, packed: PackedDrafts): Promise<Prepared[]> {
    const known = await knownHashes(database, accountId, packed.drafts)
    // Then a document may be wanted again: to take messages into it, or to compress it after all.
    const kept = known.size > 0 || packed.drafts.some(({ keepsMessages }) => keepsMessages)
    return deflater.prepare(packed, known, kept)
  }

  async function writeBatch(
    database: Queries,
    accountId: string,
    packed: PackedDrafts,
    prepared: Prepared[],
    options: WriteOptions,
    until: number,
  ): Promise<WriteResult[]> {
    const work = async (transaction: Transaction) => {
      const batch = new Batch(transaction, deflater, accountId, options)
      noteGrowing(accountId, !(await batch.begin(packed.drafts)))
      const results: WriteResult[] = []
      for (let index = 0; index < prepared.length; index += 1) {
        const head = packed.drafts[index] as Head
        const given = prepared[index] as Prepared
        const precondition = options.preconditions?.[index]
        const result = batch.writeNew(head, given, precondition)
        results.push(result ?? (await batch.write(placedAt(packed, index), given, precondition)))
      }
      await batch.commit(progressOf(accountId, results, options))
      return results
    }
    return database.transaction(work, until)
  }

  function noteGrowing(accountId: string, isNew: boolean): void {
    growing.delete(accountId)
    if (!isNew) return
    if (growing.size >= MAX_GROWING) growing.clear()
    growing.add(accountId)
  }

  /** Not under the lock, so it may be out of date when it is; then something is compressed in vain, or later. */
  async function knownHashes(
    database: Queries,
    accountId: string,
    drafts: Head[],
  ): Promise<Map<string, Uint8Array>> {
    if (drafts.length <= FEW || growing.has(accountId)) return new Map()
    const { rows } = await database.run(sql(HASHES, accountId, texts(idsOf(drafts))))
    return new Map(rows.map(([id, hash]) => [textIn(id), bytesIn(hash)]))
  }

  return { writeInteractions }
}

/** Those bytes that are still here: they may have been handed to the thread, which has given them back. */
function freeKept({ bytes }: PackedDrafts): void {
  if (!bytes.buffer.detached) freeBytes(bytes)
}

function progressOf(accountId: string, results: WriteResult[], { progress }: WriteOptions): Statement[] {
  if (progress === undefined) return []
  const { source, state } = progress
  return [
    sql(
      `INSERT INTO parlance.imports (account_id, source, state) VALUES ($1, $2, $3)
       ON CONFLICT (account_id, source) DO UPDATE SET state = excluded.state`,
      accountId,
      source,
      JSON.stringify(countResults(state, results)),
    ),
  ]
}
