import type { Change, ErasureReason } from '../../../interaction/change.ts'
import type { Changes, ChangesQuery } from '../../changes.ts'
import type { Database } from '../database.ts'
import { sql } from '../statement.ts'
import { booleanIn, integerIn, maybe, textIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'
import { UNVEILED } from './barrier.ts'
import { freeRows } from './free.ts'
import { blockIn, transcriptIn } from './stored.ts'

/**
 * One statement, so that all is of one moment. Revisions are committed in their order, so that what is behind one comes
 * later and nothing before it. The bytes of what is before each row are summed up, for a page to end where they are passed.
 * What an erasure hides is passed over; of a whole account at once, which may be very much. Beside each row, or alone, is the account's
 * last revision. Number and bytes share one window: PostgreSQL 16 forgets what is asked of the number where the frames alone differ.
 */
const CHANGES = `SELECT f.revision, id, ended, transcript, crc, length, CASE WHEN ended THEN body END, reason, count,
    account.revision
  FROM parlance.revisions AS account LEFT JOIN (
    SELECT *, count(*) OVER () AS count,
      sum(CASE WHEN ended THEN length ELSE 0 END) OVER until::bigint AS bytes, row_number() OVER until AS number
    FROM (
      (SELECT revision, id, ended_at IS NOT NULL AS ended, transcript, crc, length, body, NULL::text AS reason
       FROM parlance.interactions AS i
       WHERE account_id = $1 AND revision > greatest((SELECT $2::bigint), (
           SELECT max(revision) FROM parlance.erasing WHERE account_id = $1 AND customer_id IS NULL))
         AND ${UNVEILED} ORDER BY revision LIMIT $3)
      UNION ALL
      (SELECT revision, id, false, NULL::text, 0::bigint, 0::bigint, NULL::bytea, reason FROM parlance.tombstones
       WHERE account_id = $1 AND revision > (SELECT $2::bigint) ORDER BY revision LIMIT $3)
      ORDER BY revision LIMIT $3
    ) AS following
    WINDOW until AS (ORDER BY revision ROWS UNBOUNDED PRECEDING)
  ) AS f ON number < $3 AND (bytes <= $4 OR number = 1)
  WHERE account.account_id = $1`

export function changeReads(database: Database) {
  return {
    async listChanges(accountId: string, { after, limit, maxBytes }: ChangesQuery): Promise<Changes> {
      const { rows: found } = await database.run(sql(CHANGES, accountId, after, limit + 1, maxBytes))
      const last = maybe(found[0]?.column(9), integerIn) ?? 0
      // They come in order, but nothing says so.
      const told = found.filter((row) => row.column(0) !== null)
      const rows = told.toSorted((a, b) => a.integer(0) - b.integer(0))
      const count = maybe(rows[0]?.column(8), integerIn) ?? 0
      const changes = rows.map(changeIn)
      const more = count > changes.length
      const reached = more ? (changes.at(-1) as Change).revision : Math.max(last, after)
      return { changes, more, reached, free: () => freeRows(rows) }
    },
  }
}

function changeIn(row: Row): Change {
  const told = { revision: row.integer(0), id: textIn(row.column(1)) }
  const reason = maybe(row.column(7), textIn)
  if (reason !== undefined) return { ...told, kind: 'erased', reason: reason as ErasureReason }
  const state = transcriptIn(row.column(3))
  const transcript = state === undefined ? {} : { transcript: state }
  if (!booleanIn(row.column(2))) return { ...told, kind: 'open', ...transcript }
  return { ...told, kind: 'ended', document: blockIn(row, 4), ...transcript }
}
