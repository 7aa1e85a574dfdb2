import type { Bite, Idleness } from '../../erasure.ts'
import type { Database, Transaction } from '../database.ts'
import { inOneBite } from '../erasure/bite.ts'
import { sql } from '../statement.ts'
import { textIn } from '../wire/decode.ts'
import type { Statement } from '../wire/encode.ts'
import { texts } from '../wire/encode.ts'
import type { Row } from '../wire/row.ts'
import { UNVEILED } from './barrier.ts'
import type { Deflater } from './deflater.ts'
import { inTurn, lock, lockedIn, setRevision, standingOf } from './locked.ts'
import { dropMessages, readMessages } from './messages.ts'
import { FIND, readBlock, storedIn } from './stored.ts'
import type { inTurns } from './turns.ts'
import { upsert } from './upsert.ts'

const SILENT = `SELECT id, word_at, length + coalesce(gathered_bytes, 0) FROM parlance.interactions AS i
  WHERE account_id = $1 AND ended_at IS NULL AND word_at < $2 AND ${UNVEILED} ORDER BY word_at`

/** Milliseconds to the microseconds of interactions. */
const MICROS = 1000

export function idleEnding(database: Database, deflater: Deflater, turns: ReturnType<typeof inTurns>) {
  async function endIdle(accountId: string, idleness: Idleness): Promise<Bite> {
    const { revision, some } = await standingOf(database, SILENT, accountId, idleness.before)
    if (!some) return { count: 0, revision, more: false }
    return inTurn(database, turns, accountId, (transaction) => bite(transaction, accountId, idleness))
  }

  /** One document after the other, since each may be large. */
  async function bite(
    transaction: Transaction,
    accountId: string,
    { before, limit }: Idleness,
  ): Promise<Bite> {
    const [account, found] = await transaction.run(
      lock(accountId),
      sql(`${SILENT} LIMIT $3`, accountId, before, limit + 1),
    )
    let { revision } = lockedIn(accountId, account)
    const silent = (found?.rows ?? []).map(silentIn)
    const some = inOneBite(silent, limit)
    for (const { id, wordAt } of some) {
      revision += 1
      const ending = await ended(transaction, accountId, id, wordAt, revision)
      await transaction.run(...ending)
    }
    if (silent.length > 0) await transaction.commit(setRevision(accountId, revision))
    return { count: some.length, revision, more: silent.length > some.length }
  }

  async function ended(
    transaction: Transaction,
    accountId: string,
    id: string,
    wordAt: number,
    revision: number,
  ): Promise<Statement[]> {
    const [found] = await transaction.run(sql(FIND, accountId, texts([id])))
    const [stored] = (found?.rows ?? []).map((row) => storedIn(row)[1])
    if (stored === undefined) throw new Error(`${accountId}: what was to be ended is gone`)
    const { customerId, startedAt, transcript, gathering } = stored
    const block = await readBlock(transaction, accountId, id)
    const messages = gathering && (await readMessages(transaction, accountId, id))
    const end = await deflater.end(block, messages, wordAt * MICROS)
    const { hash, block: document, endedAt } = end
    return [
      upsert(accountId, [
        { id, revision, customerId, startedAt, endedAt, hash, block: document, transcript },
      ]),
      ...(gathering === undefined ? [] : [dropMessages(accountId, [id])]),
    ]
  }

  return { endIdle }
}

function silentIn(row: Row): { id: string; wordAt: number; bytes: number } {
  return { id: textIn(row.column(0)), wordAt: row.integer(1), bytes: row.integer(2) }
}
