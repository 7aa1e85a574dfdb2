import { documentAt, type PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { holds } from '../../preconditions.ts'
import type { Precondition, RejectReason, WriteOptions, WriteResult } from '../../store.ts'
import type { Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { type Statement, texts } from '../wire/encode.ts'
import { NO_BARRIER, readBarrier } from './barrier.ts'
import { type Content, contentOf } from './content.ts'
import type { Deflater } from './deflater.ts'
import type { Prepared } from './deflating.ts'
import { lock, lockedIn, setRevision } from './locked.ts'
import { dropMessages } from './messages.ts'
import { FIND, readBlock, type Stored, storedIn } from './stored.ts'
import { type InteractionRow, insert, type Touch, touch, upsert } from './upsert.ts'

/** A draft without its document. */
export type Head = PackedDrafts['drafts'][number]

/** One whose document can be had where the batch is kept. */
export interface Placed extends Head {
  /** Bytes of the document. */
  length: number
  plain(): Uint8Array
}

export function placedAt(packed: PackedDrafts, index: number): Placed {
  const length = (packed.ends[index] as number) - (packed.ends[index - 1] ?? 0)
  return { ...(packed.drafts[index] as Head), length, plain: () => documentAt(packed, index) }
}

type Asked = Precondition | undefined

/** The writes of one transaction on one account: decided one after the other, then written all at once. */
export class Batch {
  readonly #transaction: Transaction
  readonly #deflater: Deflater
  readonly #accountId: string
  readonly #told: WriteOptions
  readonly #now: number
  readonly #stored = new Map<string, Stored>()
  /** What is written of interactions of which nothing was stored, by id. */
  readonly #fresh = new Map<string, InteractionRow>()
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

  /**
   * Writes a draft of whose interaction nothing is stored; undefined where something is. So it is with nearly all of a stream,
   * and 500 of them are written without a promise and objects of their own for each.
   */
  writeNew(draft: Head, { hash, block }: Prepared, precondition: Asked): WriteResult | undefined {
    if (block === undefined || this.#stored.has(draft.id) || this.#fresh.has(draft.id)) return undefined
    if (this.#isErased(draft, undefined)) return rejected('erased')
    if (!holds(precondition, undefined)) return rejected('precondition')
    const revision = this.#next()
    const { id, customerId, startedAt, endedAt } = draft
    const wordAt = endedAt === undefined ? this.#now : undefined
    const { transcript } = this.#told
    this.#fresh.set(id, { id, customerId, startedAt, endedAt, hash, block, transcript, revision, wordAt })
    return { outcome: 'created', revision }
  }

  async write(draft: Placed, given: Prepared, precondition: Asked): Promise<WriteResult> {
    const stored = this.#find(draft.id)
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
    // In no order of revisions.
    const written = [...this.#fresh.values(), ...all.flatMap(([, each]) => each.written ?? [])]
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

  /** What is stored of an interaction, or was written of it in this batch. */
  #find(id: string): Stored | undefined {
    const fresh = this.#fresh.get(id)
    if (fresh !== undefined) {
      this.#fresh.delete(id)
      this.#stored.set(id, storedAs(fresh))
    }
    return this.#stored.get(id)
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
    const revision = this.#next()
    const row = { id, customerId, startedAt, endedAt, hash, block, transcript, gathering, revision, wordAt }
    const dropped = stored?.dropped || (stored?.gathering !== undefined && gathering === undefined)
    return { ...storedAs(row), dropped }
  }
}

/** What there is to know of an interaction when this has been written. */
function storedAs(row: InteractionRow): Stored {
  const { customerId, startedAt, endedAt, hash, block, transcript, gathering, revision } = row
  const told = { customerId, startedAt, hash, transcript, gathering, revision }
  return { ...told, ended: endedAt !== undefined, length: block.length, written: row }
}

export function idsOf(drafts: Head[]): string[] {
  return [...new Set(drafts.map(({ id }) => id))]
}

function saysSomething(touched: Touch | undefined): touched is Touch {
  return touched !== undefined && (touched.revision ?? touched.wordAt) !== undefined
}

function rejected(reason: RejectReason): WriteResult {
  return { outcome: 'rejected', reason }
}
