import type { Change, Changes, ChangesQuery } from '../../store.ts'
import type { Database } from '../database.ts'
import { sql } from '../statement.ts'
import { integerIn, maybe, textIn } from '../wire/decode.ts'
import { freeRows } from './free.ts'

/**
 * One statement, so that all is of one moment. Revisions are committed in their order, so that what is behind one comes
 * later and nothing before it. The bytes of what is before each row are summed up, for a page to end where they are passed.
 */
const CHANGES = `SELECT revision, id, crc, length, CASE WHEN ended_at IS NOT NULL THEN body END, count FROM (
    SELECT *, count(*) OVER () AS count,
      sum(CASE WHEN ended_at IS NOT NULL THEN length ELSE 0 END)
        OVER (ORDER BY revision ROWS UNBOUNDED PRECEDING)::bigint AS bytes,
      row_number() OVER (ORDER BY revision) AS number
    FROM (
      SELECT revision, id, ended_at, crc, length, body FROM parlance.interactions
      WHERE account_id = $1 AND revision > $2 ORDER BY revision LIMIT $3
    ) AS following
  ) AS bounded
  WHERE number < $3 AND (bytes <= $4 OR number = 1) ORDER BY revision`

export function changeReads(database: Database) {
  return {
    async listChanges(accountId: string, { after, limit, maxBytes }: ChangesQuery): Promise<Changes> {
      const { rows } = await database.run(sql(CHANGES, accountId, after, limit + 1, maxBytes))
      const count = maybe(rows[0]?.column(5), integerIn) ?? 0
      const changes = rows.map((row): Change => {
        const deflated = row.column(4)
        const document =
          deflated === null ? undefined : { deflated, crc: row.integer(2), length: row.integer(3) }
        return { revision: row.integer(0), id: textIn(row.column(1)), document }
      })
      return { changes, more: count > changes.length, free: () => freeRows(rows) }
    },
  }
}
