import type { DatabaseOptions } from '../../config.ts'
import type { Inspection, StoreLog } from '../store.ts'
import { type Database, openDatabase } from './database.ts'
import { checkSchema } from './migrate.ts'
import { sql } from './statement.ts'
import { readAddress } from './url.ts'
import { booleanIn, integerIn, maybe, textIn } from './wire/decode.ts'
import type { Statement } from './wire/encode.ts'
import type { Result } from './wire/exchange.ts'

const SECOND = 1000
/** A replica that has not answered by then is no help: the primary is asked instead. */
const TIMEOUT = 3 * SECOND
/** A replica that has failed is left alone for so long; then one page tries it, and the others do not wait for that. */
const REST = 5 * SECOND
/** Being behind by less is usual, and nobody's concern. */
const TOO_FAR = 10 * SECOND

/** A server that follows the primary, for reads that may be as old as a revision. */
export interface Replica {
  /**
   * Runs a statement where the account has reached this revision; undefined where the replica has not, or does not answer:
   * then the primary is to be asked.
   */
  run(accountId: string, atLeast: number, statement: Statement): Promise<Result | undefined>
  /** What `doctor` says of it, who has the primary as well. */
  inspect(primary: Database): Promise<Inspection>
  close(): Promise<void>
}

/** `tooFar`: milliseconds, for tests. Connects when something is to be read. Throws StoreUnusable for a bad URL. */
export function openReplica(url: string, options: DatabaseOptions, log: StoreLog, tooFar = TOO_FAR): Replica {
  const statementTimeout = Math.min(options.statementTimeout, TIMEOUT)
  const database = openDatabase(readAddress(url), { ...options, statementTimeout }, TIMEOUT)
  // Nothing that is wrong with it keeps anybody from being served.
  database.opened()
  let failing = false
  let restsUntil = Number.NEGATIVE_INFINITY
  let watching: NodeJS.Timeout | undefined

  async function run(accountId: string, atLeast: number, statement: Statement): Promise<Result | undefined> {
    const now = performance.now()
    if (now < restsUntil) return undefined
    if (failing) restsUntil = now + REST
    try {
      // The revision first: the second statement sees what the first one has seen, and perhaps more.
      const [account, result] = await database.runAll(revisionOf(accountId), statement)
      answered()
      if (reached(account, atLeast)) return result
      watch(accountId, atLeast)
    } catch (error) {
      failed(error as Error)
    }
    return undefined
  }

  function answered(): void {
    if (failing) log.info(`The replica answers again: ${database.location}`)
    failing = false
    restsUntil = Number.NEGATIVE_INFINITY
  }

  function failed({ message }: Error): void {
    if (!failing) log.warn(`The replica does not answer, so the primary does. ${message}`)
    failing = true
    restsUntil = performance.now() + REST
  }

  /** Looks after a while whether the replica has a revision that it lacks now, until it has; tells when that takes long. */
  function watch(accountId: string, revision: number): void {
    let told = false
    async function look(): Promise<void> {
      const account = await database.run(revisionOf(accountId)).catch(() => undefined)
      if (account !== undefined && reached(account, revision)) {
        watching = undefined
        if (told) log.info(`The replica has caught up: ${database.location}`)
        return
      }
      if (account !== undefined && !told) {
        told = true
        log.warn(
          `The replica is more than ${tooFar / SECOND} s behind; the primary answers for accounts that have changed: ${database.location}`,
        )
      }
      if (watching !== undefined) later()
    }
    const later = () => {
      watching = setTimeout(look, tooFar).unref()
    }
    if (watching === undefined) later()
  }

  return {
    run,
    inspect: (primary) => inspect(primary, database),
    async close() {
      clearTimeout(watching)
      watching = undefined
      await database.close()
    },
  }
}

function revisionOf(accountId: string): Statement {
  return sql('SELECT revision FROM parlance.revisions WHERE account_id = $1', accountId)
}

function reached(account: Result | undefined, revision: number): boolean {
  const row = account?.rows[0]
  return row !== undefined && row.integer(0) >= revision
}

async function inspect(primary: Database, replica: Database): Promise<Inspection> {
  const name = 'store replica'
  try {
    await checkSchema(replica)
    const behind = await bytesBehind(primary, replica)
    const lag = behind === 0 ? 'up to date' : `${behind} bytes behind`
    const detail = `${replica.location}, ${behind === undefined ? 'no standby, so how far it is behind is not known' : lag}`
    return { name, ok: true, detail }
  } catch (error) {
    return {
      name,
      ok: false,
      detail: (error as Error).message,
      advice: 'Listings are read from the primary meanwhile. Mend it, or unset PARLANCE_DATABASE_READ.',
    }
  }
}

/** How much of the primary's journal, as it is now, the replica has not applied yet. Undefined where it applies none. */
async function bytesBehind(primary: Database, replica: Database): Promise<number | undefined> {
  const written = await primary.run(sql('SELECT pg_current_wal_lsn()::text'))
  const { rows } = await replica.run(
    sql(
      `SELECT pg_is_in_recovery(),
         greatest(0, pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()))::bigint`,
      textIn(written.rows[0]?.column(0)),
    ),
  )
  const [standby, bytes] = rows[0] ?? []
  return booleanIn(standby) ? maybe(bytes, integerIn) : undefined
}
