import { startOf } from '../../../interaction/place.ts'
import type { Listing, ListingQuery, Standing, StoredInteraction } from '../../store.ts'
import { standingIn, standingOf } from '../accounts.ts'
import type { Database } from '../database.ts'
import type { Replica } from '../replica.ts'
import { sql } from '../statement.ts'
import { booleanIn, integerIn, maybe } from '../wire/decode.ts'
import type { Statement, Value } from '../wire/encode.ts'
import type { Result } from '../wire/exchange.ts'
import type { Row } from '../wire/row.ts'
import { UNVEILED, UNVEILED_ONE } from './barrier.ts'
import type { Composer } from './composer.ts'
import { gathered } from './gathered.ts'
import { PageReader } from './page-reader.ts'
import { blockIn, transcriptIn } from './stored.ts'

/** Documents of so many plain bytes and less are fetched with a page in any case: 500 of them are 16 MB at most. */
const SMALL = 32 * 1024
/** What a page is expected to have, at first and at most. It has what it has; where that is more its memory is doubled. */
const FIRST_EXPECTED = 64 * 1024
const MOST_EXPECTED = 512 * 1024

const GET = `SELECT revision, ended_at IS NOT NULL, transcript, crc, length, body, gathered
  FROM parlance.interactions AS i WHERE account_id = $1 AND id = $2 AND ${UNVEILED_ONE}`
/**
 * The same with the messages that it gathers, each in a row behind the interaction's: one statement, so that all is of one moment.
 */
const GET_GATHERED = `SELECT revision, ended_at IS NOT NULL, transcript, crc, length, body, NULL::bigint, NULL::text
  FROM parlance.interactions AS i WHERE account_id = $1 AND id = $2 AND ${UNVEILED_ONE}
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, NULL, NULL, position, json FROM parlance.gathered_messages
  WHERE account_id = $1 AND interaction_id = $2`

/**
 * The range is in selects of its own, where the planner does not look for values. Otherwise it thinks that a plan made for
 * these very values is better each time, and planning costs as much as running it. For the same reason a page of the usual
 * size has its limit in the text.
 */
const IN_RANGE = `account_id = $1 AND (started_at, id) > ((SELECT $2::bigint), (SELECT $3::text))
  AND started_at <= (SELECT $4::bigint) AND ended_at IS NOT NULL AND ${UNVEILED}`
const PAGE = `SELECT started_at, id, crc, length, CASE WHEN length <= $5 THEN body END FROM parlance.interactions AS i
  WHERE ${IN_RANGE} ORDER BY started_at, id LIMIT `
const ANY_PAGE = `${PAGE}$6`
const USUAL_LIMIT = 50
const USUAL_PAGE = `${PAGE}${USUAL_LIMIT + 1}`

/** The same, with no more than its bytes, and the count of what it would be without that bound. */
const BOUNDED_PAGE = `SELECT started_at, id, crc, length, body, count FROM (
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
  /** Undefined where a document that belongs on the page was too large to come with it. */
  listing(): Listing | undefined
}

export function interactionReads(database: Database, deflater: Composer, replica?: Replica) {
  async function getInteraction(accountId: string, id: string): Promise<StoredInteraction | undefined> {
    return storedIn(accountId, id, await database.run(sql(GET, accountId, id)))
  }

  async function storedIn(
    accountId: string,
    id: string,
    result: Result | undefined,
  ): Promise<StoredInteraction | undefined> {
    const row = result?.rows[0]
    if (row === undefined) return undefined
    return (maybe(row.column(6), integerIn) ?? 0) === 0
      ? { ...stateOf(row), document: blockIn(row, 3) }
      : getGathered(accountId, id)
  }

  async function getGathered(accountId: string, id: string): Promise<StoredInteraction | undefined> {
    const { rows } = await database.run(sql(GET_GATHERED, accountId, id))
    const row = rows.find((each) => each.column(0) !== null)
    if (row === undefined) return undefined
    const messages = rows.filter((each) => each !== row)
    // It may have ended since it was seen to gather.
    const stored = blockIn(row, 3)
    const document = messages.length === 0 ? stored : await gathered(deflater, stored, messages, 6)
    return { ...stateOf(row), document }
  }

  /** The standing first: whatever is found behind it is of a later moment, or the same. */
  async function getStandingAndInteraction(accountId: string, clientId: string, id: string) {
    const [account, found] = await database.runAll(standingOf(accountId, clientId), sql(GET, accountId, id))
    const standing = standingIn(account)
    return standing && { standing, interaction: await storedIn(accountId, id, found) }
  }

  /** A page is about as large as the last one of so many documents was. */
  const expected = new Map<number, number>()

  function asked(text: string, query: ListingQuery, values: readonly Value[], counted = false): Asked {
    const anew = () => new PageReader(query, expected.get(query.limit) ?? FIRST_EXPECTED, counted)
    let reader = anew()
    return {
      statement: {
        text,
        values,
        reader() {
          reader = anew()
          return reader
        },
      },
      listing() {
        const listing = reader.listing()
        const bytes = listing?.blocks[0]?.deflated.length ?? 0
        if (listing?.count === query.limit)
          expected.set(query.limit, Math.min(MOST_EXPECTED, bytes + bytes / 8))
        return listing
      },
    }
  }

  function page(accountId: string, query: ListingQuery): Asked {
    const { limit, maxBytes } = query
    const range = rangeOf(accountId, query)
    const small = Math.max(SMALL, Math.floor(maxBytes / limit))
    return limit === USUAL_LIMIT
      ? asked(USUAL_PAGE, query, [...range, small])
      : asked(ANY_PAGE, query, [...range, small, limit + 1])
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

  /** As above, the standing first. A replica can be asked only when the revision is known. */
  async function getStandingAndListing(accountId: string, clientId: string, query: ListingQuery) {
    if (replica !== undefined) return listingFromReplica(accountId, clientId, query)
    const { statement, listing } = page(accountId, query)
    const [account] = await database.runAll(standingOf(accountId, clientId), statement)
    const standing = standingIn(account)
    if (standing === undefined) return undefined
    return { standing, listing: listing() ?? (await boundedPage(database.run, accountId, query)) }
  }

  async function listingFromReplica(accountId: string, clientId: string, query: ListingQuery) {
    const standing: Standing | undefined = standingIn(await database.run(standingOf(accountId, clientId)))
    if (standing === undefined) return undefined
    return {
      standing,
      listing: await listInteractions(accountId, { ...query, atLeast: standing.revision }),
    }
  }

  return { getInteraction, getStandingAndInteraction, listInteractions, getStandingAndListing }
}

function rangeOf(accountId: string, { window, after }: ListingQuery) {
  const start = startOf(window, after)
  return [accountId, start.startedAt, start.id, window.to] as const
}

function stateOf(row: Row): Omit<StoredInteraction, 'document'> {
  const transcript = transcriptIn(row.column(2))
  return {
    revision: row.integer(0),
    ended: booleanIn(row.column(1)),
    ...(transcript !== undefined && { transcript }),
  }
}
