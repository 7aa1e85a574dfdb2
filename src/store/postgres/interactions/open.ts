import type { Block } from '../../../interaction/block.ts'
import { startOf } from '../../../interaction/place.ts'
import type { Listing, ListingQuery } from '../../store.ts'
import type { Database } from '../database.ts'
import { sql } from '../statement.ts'
import { integerIn, maybe, textIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'
import { UNVEILED } from './barrier.ts'
import type { Composer } from './composer.ts'
import { gathered } from './gathered.ts'
import { blockIn } from './stored.ts'

/**
 * Open interactions, which have no position, and the messages that they gather, each with the interaction's id: one statement,
 * so that all is of one moment. The select of messages is one of its own for each interaction (OFFSET 0), or a planner that thinks little
 * of their number would read those of the whole account. Of the window see changes.ts.
 */
const PAGE = `WITH page AS MATERIALIZED (
    SELECT id, started_at, crc, length, body, gathered, count FROM (
      SELECT *, count(*) OVER () AS count, row_number() OVER until AS number, sum(bytes) OVER until::bigint AS total
      FROM (
        SELECT id, started_at, crc, length, body, gathered,
          length + coalesce(gathered_bytes + greatest(gathered - 1, 0), 0) AS bytes
        FROM parlance.interactions AS i
        WHERE account_id = $1 AND (started_at, id) > ((SELECT $2::bigint), (SELECT $3::text))
          AND started_at <= (SELECT $4::bigint) AND ended_at IS NULL AND ${UNVEILED}
        ORDER BY started_at, id LIMIT $6
      ) AS following
      WINDOW until AS (ORDER BY started_at, id ROWS UNBOUNDED PRECEDING)
    ) AS bounded
    WHERE number < $6 AND (total <= $5 OR number = 1)
  )
  SELECT id, NULL::bigint, NULL::text, started_at, crc, length, body, count FROM page
  UNION ALL
  SELECT page.id, m.position, m.json, NULL, NULL, NULL, NULL, NULL
  FROM page CROSS JOIN LATERAL (
    SELECT position, json FROM parlance.gathered_messages
    WHERE account_id = $1 AND interaction_id = page.id OFFSET 0
  ) AS m
  WHERE page.gathered > 0`

export function openReads(database: Database, composer: Composer) {
  return {
    /** Always from the primary: what is open is asked for by those who have just written to it. */
    async listOpen(accountId: string, query: ListingQuery): Promise<Listing> {
      const { window, after, limit, maxBytes } = query
      const start = startOf(window, after)
      const { rows } = await database.run(
        sql(PAGE, accountId, start.startedAt, start.id, window.to, maxBytes, limit + 1),
      )
      const messages = Map.groupBy(
        rows.filter((row) => row.column(1) !== null),
        (row) => textIn(row.column(0)),
      )
      // They come in order, but nothing says so.
      const heads = rows.filter((row) => row.column(1) === null).toSorted(inOrder)
      const blocks: Block[] = []
      for (const head of heads) {
        const own = messages.get(textIn(head.column(0)))
        const block = blockIn(head, 4)
        blocks.push(own === undefined ? block : await gathered(composer, block, own, 1))
      }
      const last = heads.at(-1)
      const count = maybe(last?.column(7), integerIn) ?? 0
      // What was received is left to the collector: blocks that were not put together are views of it.
      const listing: Listing = { blocks, count: blocks.length, free() {} }
      if (last !== undefined && count > blocks.length) {
        listing.next = { startedAt: last.integer(3), id: textIn(last.column(0)) }
      }
      return listing
    },
  }
}

function inOrder(a: Row, b: Row): number {
  return a.integer(3) - b.integer(3) || Buffer.compare(a.column(0) as Buffer, b.column(0) as Buffer)
}
