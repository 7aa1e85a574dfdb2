import { type Bite, MAX_BITE_BYTES } from '../../erasure.ts'
import type { Database, Transaction } from '../database.ts'
import { inTurn, lock, lockedIn, setErased, standingOf } from '../interactions/locked.ts'
import type { inTurns } from '../interactions/turns.ts'
import { sql } from '../statement.ts'
import { integerIn, maybe, textIn } from '../wire/decode.ts'
import type { Statement } from '../wire/encode.ts'
import { bytesOf, inOneBite, SIZED, type Sized, sizedIn } from './bite.ts'
import { bury } from './tombstones.ts'

/** Erasures that one bite goes on with: most of them may find nothing. */
const MOST_ERASURES = 50

const ANY = 'SELECT 1 FROM parlance.erasing WHERE account_id = $1 ORDER BY erasure_id'
/** An erasure takes a revision, so their order is that of asking. */
const OLDEST = `SELECT erasure_id, customer_id, revision FROM parlance.erasing WHERE account_id = $1
  ORDER BY revision LIMIT 1`
const OF_ALL = `SELECT ${SIZED} FROM parlance.interactions WHERE account_id = $1 AND revision <= $2
  ORDER BY revision LIMIT $3`
const OF_CUSTOMER = `SELECT ${SIZED} FROM parlance.interactions WHERE account_id = $1 AND revision <= $2
  AND customer_id = $4 ORDER BY revision LIMIT $3`

/** An erasure that goes on. */
interface Going {
  erasureId: string
  customerId: string | undefined
  revision: number
}

export function erasureWork(database: Database, turns: ReturnType<typeof inTurns>) {
  return {
    async eraseMore(accountId: string, limit: number, now: number): Promise<Bite> {
      const { revision, some } = await standingOf(database, ANY, accountId)
      if (!some) return { count: 0, revision, more: false }
      return inTurn(database, turns, accountId, (transaction) => bite(transaction, accountId, limit, now))
    },
  }
}

async function bite(transaction: Transaction, accountId: string, limit: number, now: number): Promise<Bite> {
  const [account, first] = await transaction.run(lock(accountId), sql(OLDEST, accountId))
  const before = lockedIn(accountId, account).revision
  let count = 0
  let bytes = 0
  const isFull = () => count >= limit || bytes >= MAX_BITE_BYTES
  let going = first?.rows[0] && goingIn(first.rows[0])
  for (let erasures = 0; going !== undefined && erasures < MOST_ERASURES && !isFull(); erasures += 1) {
    const all = await victims(transaction, accountId, going, limit - count + 1)
    const named = inOneBite(all, limit - count, bytes)
    const done = named.length === all.length
    const reason = going.customerId === undefined ? 'account' : 'customer'
    const results = await transaction.run(
      ...bury(
        accountId,
        named.map(({ id }) => id),
        { revision: before + count, now, reason },
      ),
      ...noting(accountId, going, named.length, done ? now : undefined),
      sql(OLDEST, accountId),
    )
    count += named.length
    bytes += bytesOf(named)
    const next = results.at(-1)?.rows[0]
    going = next && goingIn(next)
  }
  const revision = before + count
  await transaction.commit(setErased(accountId, revision))
  return { count, revision, more: going !== undefined }
}

async function victims(
  transaction: Transaction,
  accountId: string,
  { customerId, revision }: Going,
  limit: number,
): Promise<Sized[]> {
  const [found] = await transaction.run(
    customerId === undefined
      ? sql(OF_ALL, accountId, revision, limit)
      : sql(OF_CUSTOMER, accountId, revision, limit, customerId),
  )
  return found?.rows.map(sizedIn) ?? []
}

/** `doneAt`: where nothing is left of it. */
function noting(accountId: string, { erasureId }: Going, count: number, doneAt?: number): Statement[] {
  return [
    sql(
      `UPDATE parlance.erasures SET interactions = interactions + $3, erased_at = $4
       WHERE account_id = $1 AND erasure_id = $2`,
      accountId,
      erasureId,
      count,
      doneAt,
    ),
    ...(doneAt === undefined
      ? []
      : [
          sql('DELETE FROM parlance.erasing WHERE account_id = $1 AND erasure_id = $2', accountId, erasureId),
        ]),
  ]
}

function goingIn([erasureId, customerId, revision]: Iterable<Buffer | null>): Going {
  return {
    erasureId: textIn(erasureId),
    customerId: maybe(customerId, textIn),
    revision: integerIn(revision),
  }
}
