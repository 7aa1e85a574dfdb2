import type { Bite, Expiry } from '../../erasure.ts'
import type { Database, Transaction } from '../database.ts'
import { UNVEILED } from '../interactions/barrier.ts'
import { inTurn, lock, lockedIn, setErased, standingOf } from '../interactions/locked.ts'
import type { inTurns } from '../interactions/turns.ts'
import { sql } from '../statement.ts'
import { inOneBite, SIZED, sizedIn } from './bite.ts'
import { RETENTION } from './rows.ts'
import { bury } from './tombstones.ts'

/** In order of start, which the listing's index has: what ended before a time started before it, and mostly not long before. */
const OVER = `SELECT ${SIZED} FROM parlance.interactions AS i
  WHERE account_id = $1 AND started_at < $2 AND ended_at < $2 AND ended_at IS NOT NULL AND ${UNVEILED}
  ORDER BY started_at, id`

export function expiring(database: Database, turns: ReturnType<typeof inTurns>) {
  return {
    async expire(accountId: string, expiry: Expiry): Promise<Bite> {
      const { revision, some } = await standingOf(database, OVER, accountId, expiry.endedBefore)
      if (!some) return { count: 0, revision, more: false }
      return inTurn(database, turns, accountId, (transaction) => bite(transaction, accountId, expiry))
    },
  }
}

async function bite(
  transaction: Transaction,
  accountId: string,
  { endedBefore, limit, now }: Expiry,
): Promise<Bite> {
  const [account, found] = await transaction.run(
    lock(accountId),
    sql(`${OVER} LIMIT $3`, accountId, endedBefore, limit + 1),
  )
  const { revision: before } = lockedIn(accountId, account)
  const all = found?.rows.map(sizedIn) ?? []
  const ids = inOneBite(all, limit).map(({ id }) => id)
  if (ids.length === 0) return { count: 0, revision: before, more: false }
  const revision = before + ids.length
  await transaction.commit(
    ...bury(accountId, ids, { revision: before, now, reason: 'retention' }),
    sql(
      `INSERT INTO parlance.erasures AS e (account_id, erasure_id, kind, requested_at, interactions, erased_at)
       VALUES ($1, $2, $2, $3, $4, $3)
       ON CONFLICT (account_id, erasure_id) DO UPDATE SET purged_at = NULL, erased_at = excluded.erased_at,
         interactions = e.interactions + excluded.interactions`,
      accountId,
      RETENTION,
      now,
      ids.length,
    ),
    setErased(accountId, revision),
  )
  return { count: ids.length, revision, more: all.length > ids.length }
}
