import { startOf } from '../../../interaction/place.ts'
import type { Listing, ListingQuery, Standing } from '../../store.ts'
import { standingIn, standingOf, standingRow } from '../accounts.ts'
import type { Database } from '../database.ts'
import type { Replica } from '../replica.ts'
import type { Statement, Value } from '../wire/encode.ts'
import type { Result } from '../wire/exchange.ts'
import { UNVEILED } from './barrier.ts'
import { PageReader } from './page-reader.ts'

/** Documents of so many plain bytes and less are fetched with a page in any case: 500 of them are 16 MB at most. */
const SMALL = 32 * 1024
/** What a page is expected to have, at first and at most. It has what it has; where that is more its memory is doubled. */
const FIRST_EXPECTED = 64 * 1024
const MOST_EXPECTED = 512 * 1024
const MARGIN = 1.1

/**
 * The range is in selects of its own, where the planner does not look for values. Otherwise it thinks that a plan made for
 * these very values is better each time, and planning costs as much as running it. For the same reason a page of the usual
 * size has its limit in the text.
 */
const IN_RANGE = `account_id = $1 AND (started_at, id) > ((SELECT $2::bigint), (SELECT $3::text))
  AND started_at <= (SELECT $4::bigint) AND ended_at IS NOT NULL AND ${UNVEILED}`
/** What PageReader takes. The CRC-32 and the length go as one, since each value costs the server a third of a microsecond. */
const COLUMNS = 'started_at, id, (crc << 32) | length'
const PAGE = `SELECT ${COLUMNS}, CASE WHEN length <= $5 THEN body END FROM parlance.interactions AS i
  WHERE ${IN_RANGE} ORDER BY started_at, id LIMIT `
const ANY_PAGE = `${PAGE}$6`
const USUAL_LIMIT = 50
const USUAL_PAGE = `${PAGE}${USUAL_LIMIT + 1}`
/** The same behind the standing. */
const STANDING_AND_ANY_PAGE = `${standingRow('$7')} UNION ALL (${ANY_PAGE})`
const STANDING_AND_USUAL_PAGE = `${standingRow('$6')} UNION ALL (${USUAL_PAGE})`

/** The same, with no more than its bytes, and the count of what it would be without that bound. */
const BOUNDED_PAGE = `SELECT ${COLUMNS}, body, count FROM (
    SELECT *, sum(length) OVER (ORDER BY started_at, id ROWS UNBOUNDED PRECEDING)::bigint AS bytes,
      count(*) OVER () AS count
    FROM (
      SELECT started_at, id, crc, length, body FROM parlance.interactions AS i
      WHERE ${IN_RANGE}
      ORDER BY started_at, id LIMIT $6
    ) AS page
  ) AS bounded
  WHERE bytes <= $5 OR bytes = length ORDER BY started_at, id`

/** A statement for a page, and what has come of it when it has been run. */
interface Asked {
  statement: Statement
  standing(): Standing | undefined
  /** Undefined where a document that belongs on the page was too large to come with it. */
  listing(): Listing | undefined
}

export function listingReads(database: Database, replica?: Replica) {
  /** A page is about as large as the last one of so many documents was. */
  const expected = new Map<number, number>()

  function asked(text: string, query: ListingQuery, values: readonly Value[], counted = false): Asked {
    const anew = () => new PageReader(query, expected.get(query.limit) ?? FIRST_EXPECTED, counted)
    let reader: PageReader | undefined
    return {
      statement: {
        text,
        values,
        reader() {
          reader = anew()
          return reader
        },
      },
      standing: () => reader?.standing,
      listing() {
        // No row came where there is none.
        const listing = (reader ?? anew()).listing()
        const bytes = listing?.blocks[0]?.deflated.length ?? 0
        const about = Math.min(MOST_EXPECTED, Math.ceil(MARGIN * bytes))
        if (listing?.count === query.limit) expected.set(query.limit, about)
        return listing
      },
    }
  }

  /** Behind the standing of a client, where one is named. */
  function page(accountId: string, query: ListingQuery, clientId?: string): Asked {
    const { limit, maxBytes } = query
    const values = [...rangeOf(accountId, query), Math.max(SMALL, Math.floor(maxBytes / limit))]
    const isUsual = limit === USUAL_LIMIT
    if (!isUsual) values.push(limit + 1)
    if (clientId === undefined) return asked(isUsual ? USUAL_PAGE : ANY_PAGE, query, values)
    values.push(clientId)
    return asked(isUsual ? STANDING_AND_USUAL_PAGE : STANDING_AND_ANY_PAGE, query, values)
  }

  async function boundedPage(
    run: (statement: Statement) => Promise<Result>,
    accountId: string,
    query: ListingQuery,
  ): Promise<Listing> {
    const { maxBytes, limit } = query
    const bounded = asked(BOUNDED_PAGE, query, [...rangeOf(accountId, query), maxBytes, limit + 1], true)
    await run(bounded.statement)
    return bounded.listing() as Listing
  }

  /**
   * A row for each document, since of all ways that is the cheapest for both sides (docs/explanation/store-postgres.md).
   * Whether the page keeps to its bytes is found out here; the server is asked to see to it only where documents are so
   * large that fetching them all could take much memory.
   */
  async function listInteractions(accountId: string, query: ListingQuery): Promise<Listing> {
    const { atLeast } = query
    // One that has not reached the revision is not waited for: most are behind by less than a round trip, some for good, and
    // the primary has the page at once.
    const run = async (statement: Statement) =>
      (atLeast === undefined ? undefined : await replica?.run(accountId, atLeast, statement)) ??
      database.run(statement)
    const { statement, listing } = page(accountId, query)
    await run(statement)
    return listing() ?? boundedPage(run, accountId, query)
  }

  /** As above, and the standing, of the same moment. A replica can be asked only when the revision is known. */
  async function getStandingAndListing(accountId: string, clientId: string, query: ListingQuery) {
    if (replica !== undefined) return listingFromReplica(accountId, clientId, query)
    const asked = page(accountId, query, clientId)
    await database.run(asked.statement)
    const standing = asked.standing()
    if (standing === undefined) return undefined
    return { standing, listing: asked.listing() ?? (await boundedPage(database.run, accountId, query)) }
  }

  async function listingFromReplica(accountId: string, clientId: string, query: ListingQuery) {
    const standing: Standing | undefined = standingIn(await database.run(standingOf(accountId, clientId)))
    if (standing === undefined) return undefined
    return {
      standing,
      listing: await listInteractions(accountId, { ...query, atLeast: standing.revision }),
    }
  }

  return { listInteractions, getStandingAndListing }
}

function rangeOf(accountId: string, { window, after }: ListingQuery) {
  const start = startOf(window, after)
  return [accountId, start.startedAt, start.id, window.to] as const
}
