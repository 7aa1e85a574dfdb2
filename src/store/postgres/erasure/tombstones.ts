import type { ErasureReason } from '../../../interaction/change.ts'
import { dropMessages } from '../interactions/messages.ts'
import { sql } from '../statement.ts'
import { integers, type Statement, texts } from '../wire/encode.ts'

/**
 * Takes interactions away, and leaves tombstones of their ids with the revisions behind `revision`, in this order. One that has a
 * tombstone was brought back by a process of an older version, which knows of none: it gets a new one.
 */
export function bury(
  accountId: string,
  ids: readonly string[],
  { revision, now, reason }: { revision: number; now: number; reason: ErasureReason },
): Statement[] {
  if (ids.length === 0) return []
  return [
    sql(
      `INSERT INTO parlance.tombstones (account_id, id, revision, erased_at, reason)
       SELECT $1, id, revision, $4, $5 FROM unnest($2::text[], $3::bigint[]) AS t (id, revision)
       ON CONFLICT (account_id, id) DO UPDATE SET revision = excluded.revision, erased_at = excluded.erased_at,
         reason = excluded.reason`,
      accountId,
      texts(ids),
      integers(ids.map((_, index) => revision + index + 1)),
      now,
      reason,
    ),
    ...takeAway(accountId, ids),
  ]
}

/**
 * The ids are in a select of their own, where the planner does not see how many they are and takes them for ten. For five hundred it would
 * rather read all that the account has, in tables of up to some 200,000 rows; for ten, in such of 4,000.
 */
const TAKE_AWAY = `DELETE FROM parlance.interactions
  WHERE account_id = $1 AND id = ANY((SELECT $2::text[])::text[])`

/** Deletes interactions, with what they have gathered. */
export function takeAway(accountId: string, ids: readonly string[]): Statement[] {
  return [sql(TAKE_AWAY, accountId, texts(ids)), dropMessages(accountId, ids)]
}
