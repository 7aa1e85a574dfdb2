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

/** Deletes interactions, with what they have gathered. */
export function takeAway(accountId: string, ids: readonly string[]): Statement[] {
  return [
    sql('DELETE FROM parlance.interactions WHERE account_id = $1 AND id = ANY($2)', accountId, texts(ids)),
    dropMessages(accountId, ids),
  ]
}
