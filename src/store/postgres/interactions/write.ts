import type { Block } from '../../../interaction/block.ts'
import { freeBytes } from '../../../interaction/bytes.ts'
import { documentAt, type PackedDrafts, packedOf } from '../../../interaction/packed-drafts.ts'
import type { Draft } from '../../../interaction/serialise.ts'
import { countResults } from '../../import-state.ts'
import { holds } from '../../preconditions.ts'
import type { RejectReason, WriteOptions, WriteResult } from '../../store.ts'
import type { InteractionRecord } from '../../transfer.ts'
import type { Database, Queries, Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { booleanIn, bytesIn, integerIn, textIn } from '../wire/decode.ts'
import { type Statement, texts } from '../wire/encode.ts'
import type { Deflater } from './deflater.ts'
import type { Prepared } from './deflating.ts'
import { inTurns } from './turns.ts'
import { upsert } from './upsert.ts'

/** What is known of a stored interaction when a draft of it comes; `written` where this batch has written it. */
interface Stored {
  revision: number
  ended: boolean
  hash: Uint8Array
  written?: InteractionRecord
}

/** A draft without its document. */
type Head = PackedDrafts['drafts'][number]

/** One whose document can be had where the batch is kept. */
interface Placed extends Head {
  plain(): Uint8Array
}

/** Batches of more drafts ask first which are stored already, before they compress what is not needed. */
const FEW = 4
/** Accounts of which it is remembered that their last batch was new. */
const MAX_GROWING = 1000

const FIND =
  'SELECT id, revision, ended_at IS NOT NULL, hash FROM parlance.interactions WHERE account_id = $1 AND id = ANY($2)'

/** `patience`: milliseconds that a write waits for others of its account, here and in the database together. */
export function interactionWrites(whole: Database, deflater: Deflater, patience: number) {
  // One write of an account at a time in each process: the others would wait for its row in the database, each with a
  // connection that somebody else could use.
  const turns = inTurns(patience)
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
      const batch = new Batch(transaction, deflater, accountId)
      noteGrowing(accountId, !(await batch.begin(packed.drafts)))
      const results: WriteResult[] = []
      for (const [index, head] of packed.drafts.entries()) {
        const draft: Placed = { ...head, plain: () => documentAt(packed, index) }
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
    const { rows } = await database.run(sql(FIND, accountId, texts(idsOf(drafts))))
    return new Map(rows.map(([id, , , hash]) => [textIn(id), bytesIn(hash)]))
  }

  return { writeInteractions }
}

/** The writes of one transaction on one account: decided one after the other, then written all at once. */
class Batch {
  readonly #transaction: Transaction
  readonly #deflater: Deflater
  readonly #accountId: string
  readonly #stored = new Map<string, Stored>()
  #before = 0
  #revision = 0

  constructor(transaction: Transaction, deflater: Deflater, accountId: string) {
    this.#transaction = transaction
    this.#deflater = deflater
    this.#accountId = accountId
  }

  /**
   * Locks the account and looks up what is stored: the second statement sees all that was committed before the lock. Gives
   * whether anything is.
   */
  async begin(drafts: Head[]): Promise<boolean> {
    const [account, found] = await this.#transaction.run(
      sql('SELECT revision FROM parlance.revisions WHERE account_id = $1 FOR UPDATE', this.#accountId),
      sql(FIND, this.#accountId, texts(idsOf(drafts))),
    )
    if (account?.rows[0] === undefined) throw new Error(`there is no account ${this.#accountId}`)
    this.#before = this.#revision = integerIn(account.rows[0].column(0))
    for (const [id, revision, ended, hash] of found?.rows ?? []) {
      this.#stored.set(textIn(id), {
        revision: integerIn(revision),
        ended: booleanIn(ended),
        hash: bytesIn(hash),
      })
    }
    return this.#stored.size > 0
  }

  async write(
    draft: Placed,
    given: Prepared,
    precondition: NonNullable<WriteOptions['preconditions']>[number],
  ) {
    const stored = this.#stored.get(draft.id)
    if (!holds(precondition, stored)) return rejected('precondition')
    if (stored?.ended && draft.endedAt === undefined) return rejected('reopened')
    const prepared =
      draft.keepsMessages && stored !== undefined ? await this.#withMessages(draft, stored) : given
    if (prepared === undefined) return rejected('too_large')
    if (stored !== undefined && Buffer.compare(prepared.hash, stored.hash) === 0) {
      return { outcome: 'unchanged', revision: stored.revision } as const
    }
    this.#revision += 1
    const revision = this.#revision
    const { id, customerId, startedAt, endedAt } = draft
    const { hash, block = await this.#deflater.deflate(draft.plain()) } = prepared
    const written = { id, revision, customerId, startedAt, endedAt, hash, block }
    this.#stored.set(id, { revision, ended: endedAt !== undefined, hash, written })
    return { outcome: stored === undefined ? 'created' : 'updated', revision } as const
  }

  async commit(progress: Statement[]): Promise<void> {
    const written = [...this.#stored.values()].flatMap((each) => each.written ?? [])
    if (written.length > 0) {
      progress.push(
        upsert(this.#accountId, written),
        sql(
          'UPDATE parlance.revisions SET revision = $2 WHERE account_id = $1',
          this.#accountId,
          this.#revision,
        ),
      )
    }
    if (this.#revision === this.#before && progress.length === 0) return
    await this.#transaction.commit(...progress)
  }

  async #withMessages(draft: Placed, stored: Stored): Promise<Prepared | undefined> {
    const block = stored.written?.block ?? (await this.#blockOf(draft.id))
    return this.#deflater.keepMessages(draft.plain(), block)
  }

  async #blockOf(id: string): Promise<Block> {
    const [found] = await this.#transaction.run(
      sql(
        'SELECT crc, length, body FROM parlance.interactions WHERE account_id = $1 AND id = $2',
        this.#accountId,
        id,
      ),
    )
    const [crc, length, body] = found?.rows[0] ?? []
    return { crc: integerIn(crc), length: integerIn(length), deflated: bytesIn(body) }
  }
}

/** Those bytes that are still here: they may have been handed to the thread, which has given them back. */
function freeKept({ bytes }: PackedDrafts): void {
  if (!bytes.buffer.detached) freeBytes(bytes)
}

function idsOf(drafts: Head[]): string[] {
  return [...new Set(drafts.map(({ id }) => id))]
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
