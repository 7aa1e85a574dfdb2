import type { StoredInteraction } from '../../store.ts'
import { standingIn, standingOf } from '../accounts.ts'
import type { Database } from '../database.ts'
import { sql } from '../statement.ts'
import { booleanIn, integerIn, maybe } from '../wire/decode.ts'
import type { Result } from '../wire/exchange.ts'
import type { Row } from '../wire/row.ts'
import { UNVEILED_ONE } from './barrier.ts'
import type { Composer } from './composer.ts'
import { gathered } from './gathered.ts'
import { blockIn, transcriptIn } from './stored.ts'

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

export function interactionReads(database: Database, deflater: Composer) {
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

  return { getInteraction, getStandingAndInteraction }
}

function stateOf(row: Row): Omit<StoredInteraction, 'document'> {
  const transcript = transcriptIn(row.column(2))
  return {
    revision: row.integer(0),
    ended: booleanIn(row.column(1)),
    ...(transcript !== undefined && { transcript }),
  }
}
