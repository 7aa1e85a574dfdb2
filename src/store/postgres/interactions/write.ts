import { freeBytes } from '../../../interaction/bytes.ts'
import { documentAt, type PackedDrafts, packedOf } from '../../../interaction/packed-drafts.ts'
import type { Draft } from '../../../interaction/serialise.ts'
import { countResults } from '../../import-state.ts'
import { holds } from '../../preconditions.ts'
import type { RejectReason, WriteOptions, WriteResult } from '../../store.ts'
import type { Database, Queries, Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { bytesIn, textIn } from '../wire/decode.ts'
import { type Statement, texts } from '../wire/encode.ts'
import { NO_BARRIER, readBarrier } from './barrier.ts'
import { type Content, contentOf } from './content.ts'
import type { Deflater } from './deflater.ts'
import type { Prepared } from './deflating.ts'
import { lock, lockedIn, setRevision } from './locked.ts'
import { dropMessages } from './messages.ts'
import { FIND, readBlock, type Stored, storedIn } from './stored.ts'
import type { inTurns } from './turns.ts'
import { insert, type Touch, touch, upsert } from './upsert.ts'

/** A draft without its document. */
type Head = PackedDrafts['drafts'][number]

/** One whose document can be had where the batch is kept. */
export interface Placed extends Head {
  /** Bytes of the document. */
  length: number
  plain(): Uint8Array
}

/** Batches of more drafts ask first which are stored already, before they compress what is not needed. */
const FEW = 4
/** Accounts of which it is remembered that their last batch was new. */
const MAX_GROWING = 1000

const HASHES = 'SELECT id, hash FROM parlance.interactions WHERE account_id = $1 AND id = ANY($2)'

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
      for (const [index, head] of packed.drafts.entries()) {
        const length = (packed.ends[index] as number) - (packed.ends[index - 1] ?? 0)
        const draft: Placed = { ...head, length, plain: () => documentAt(packed, index) }
        results.push(await batch.write(draft, prepared[index] as Prepared, options.preconditions?.[index]))
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

/** The writes of one transaction on one account: decided one after the other, then written all at once. */
class Batch {
  readonly #transaction: Transaction
  readonly #deflater: Deflater
  readonly #accountId: string
  readonly #told: WriteOptions
  readonly #now: number
  readonly #stored = new Map<string, Stored>()
  #barrier = NO_BARRIER
  /** Nothing of what is to be written is stored. */
  #isNew = false
  #before = 0
  #revision = 0

  constructor(transaction: Transaction, deflater: Deflater, accountId: string, told: WriteOptions) {
    this.#transaction = transaction
    this.#deflater = deflater
    this.#accountId = accountId
    this.#told = told
    this.#now = told.now ?? Date.now()
  }

  /**
   * Locks the account and looks up what is stored: the second statement sees all that was committed before the lock. Gives
   * whether anything is.
   */
  async begin(drafts: Head[]): Promise<boolean> {
    const ids = idsOf(drafts)
    const [account, found] = await this.#transaction.run(
      lock(this.#accountId),
      sql(FIND, this.#accountId, texts(ids)),
    )
    const locked = lockedIn(this.#accountId, account)
    this.#before = this.#revision = locked.revision
    for (const row of found?.rows ?? []) this.#stored.set(...storedIn(row))
    const customers = drafts.map(({ customerId }) => customerId)
    this.#barrier = await readBarrier(this.#transaction, this.#accountId, locked, { ids, customers })
    this.#isNew = this.#stored.size === 0
    return !this.#isNew
  }

  async write(
    draft: Placed,
    given: Prepared,
    precondition: NonNullable<WriteOptions['preconditions']>[number],
  ): Promise<WriteResult> {
    const stored = this.#stored.get(draft.id)
    if (this.#isErased(draft, stored)) return rejected('erased')
    if (!holds(precondition, stored)) return rejected('precondition')
    if (stored?.ended && draft.endedAt === undefined) return rejected('reopened')
    const content = await contentOf(draft, given, stored, {
      transaction: this.#transaction,
      deflater: this.#deflater,
      accountId: this.#accountId,
      blockOf: async () =>
        stored?.written?.block ?? (await readBlock(this.#transaction, this.#accountId, draft.id)),
    })
    if (content === undefined) return rejected('too_large')
    const transcript = this.#told.transcript ?? stored?.transcript
    const wordAt = draft.endedAt === undefined ? this.#now : undefined
    if (stored !== undefined && content.same) {
      const revision = transcript === stored.transcript ? undefined : this.#next()
      // What was written before in this batch was so with the same word and transcript.
      if (stored.written === undefined) stored.touched = { ...stored.touched, id: draft.id, wordAt }
      if (revision === undefined) return { outcome: 'unchanged', revision: stored.revision }
      Object.assign(stored, { revision, transcript, touched: { ...stored.touched, revision, transcript } })
      return { outcome: 'updated', revision }
    }
    this.#stored.set(draft.id, await this.#written(draft, content, stored, transcript, wordAt))
    return { outcome: stored === undefined ? 'created' : 'updated', revision: this.#revision }
  }

  async commit(progress: Statement[]): Promise<void> {
    const all = [...this.#stored]
    const written = all.flatMap(([, each]) => each.written ?? [])
    const touched = all.flatMap(([, each]) => (saysSomething(each.touched) ? [each.touched] : []))
    const dropped = all.flatMap(([id, each]) => (each.dropped ? [id] : []))
    const put = this.#isNew ? insert : upsert
    if (written.length > 0) progress.push(put(this.#accountId, written))
    if (touched.length > 0) progress.push(touch(this.#accountId, touched))
    if (dropped.length > 0) progress.push(dropMessages(this.#accountId, dropped))
    if (this.#revision > this.#before) progress.push(setRevision(this.#accountId, this.#revision))
    if (progress.length === 0) return
    await this.#transaction.commit(...progress)
  }

  #next(): number {
    this.#revision += 1
    return this.#revision
  }

  #isErased(draft: Head, stored: Stored | undefined): boolean {
    const barrier = this.#barrier
    if (barrier === NO_BARRIER) return false
    return barrier.bars(draft.id) || (stored !== undefined && barrier.veils(stored)) || barrier.refuses(draft)
  }

  async #written(
    draft: Placed,
    { prepared, gathering }: Content,
    stored: Stored | undefined,
    transcript: WriteOptions['transcript'],
    wordAt: number | undefined,
  ): Promise<Stored> {
    const { id, customerId, startedAt, endedAt } = draft
    const { hash, block = await this.#deflater.deflate(draft.plain()) } = prepared
    const told = { customerId, startedAt, hash, transcript, gathering, revision: this.#next() }
    return {
      ...told,
      ended: endedAt !== undefined,
      length: block.length,
      dropped: stored?.dropped || (stored?.gathering !== undefined && gathering === undefined),
      written: { ...told, id, endedAt, block, wordAt },
    }
  }
}

/** Those bytes that are still here: they may have been handed to the thread, which has given them back. */
function freeKept({ bytes }: PackedDrafts): void {
  if (!bytes.buffer.detached) freeBytes(bytes)
}

function idsOf(drafts: Head[]): string[] {
  return [...new Set(drafts.map(({ id }) => id))]
}

function saysSomething(touched: Touch | undefined): touched is Touch {
  return touched !== undefined && (touched.revision ?? touched.wordAt) !== undefined
}

function rejected(reason: RejectReason): WriteResult {
  return { outcome: 'rejected', reason }
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
