import type { Database, Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { booleanIn, bytesIn, integerIn, maybe } from '../wire/decode.ts'
import type { Statement } from '../wire/encode.ts'
import type { Result } from '../wire/exchange.ts'
import type { inTurns } from './turns.ts'

/** What is known of an account whose row is locked. */
export interface Locked {
  revision: number
  /** See customer-hash.ts. */
  erasureKey: Uint8Array | undefined
  /** Whether anything was ever erased in the account. */
  erased: boolean
}

/** Locks the account. What is run behind it sees all that was committed before the lock. */
export function lock(accountId: string): Statement {
  return sql(
    'SELECT revision, erasure_key, erased FROM parlance.revisions WHERE account_id = $1 FOR UPDATE',
    accountId,
  )
}

/** Throws for an unknown account. */
export function lockedIn(accountId: string, result: Result | undefined): Locked {
  const row = result?.rows[0]
  if (row === undefined) throw new Error(`there is no account ${accountId}`)
  return {
    revision: row.integer(0),
    erasureKey: maybe(row.column(1), bytesIn),
    erased: booleanIn(row.column(2)),
  }
}

/** Notes the account's last revision. */
export function setRevision(accountId: string, revision: number): Statement {
  return sql('UPDATE parlance.revisions SET revision = $2 WHERE account_id = $1', accountId, revision)
}

/** The same, and that something was erased. */
export function setErased(accountId: string, revision: number): Statement {
  return sql(
    'UPDATE parlance.revisions SET revision = $2, erased = true WHERE account_id = $1',
    accountId,
    revision,
  )
}

/**
 * Does `work` in a transaction, when it is the account's turn in this process: others would wait for its row in the database, each
 * with a connection that somebody else could use.
 */
export function inTurn<T>(
  database: Database,
  turns: ReturnType<typeof inTurns>,
  accountId: string,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return database.during((queries) => turns(accountId, (until) => queries.transaction(work, until)))
}

/**
 * What sweeping asks first, without a lock: whether a query of the account finds something. It has to be in an order that an index
 * has, or a planner that thinks much of it would look for the first one row by row.
 */
export async function standingOf(
  database: Database,
  ordered: string,
  accountId: string,
  ...values: number[]
): Promise<{ revision: number; some: boolean }> {
  const { rows } = await database.run(
    sql(
      `SELECT revision, (SELECT true FROM (${ordered} LIMIT 1) AS first) IS NOT NULL FROM parlance.revisions WHERE account_id = $1`,
      accountId,
      ...values,
    ),
  )
  const [revision, some] = rows[0] ?? []
  return rows[0] === undefined
    ? { revision: 0, some: false }
    : { revision: integerIn(revision), some: booleanIn(some) }
}

/** Locks the account, runs `statements` and commits. */
export function writeLocked(
  database: Database,
  accountId: string,
  ...statements: Statement[]
): Promise<void> {
  return database.transaction(async (transaction) => {
    const [account] = await transaction.run(lock(accountId))
    lockedIn(accountId, account)
    await transaction.commit(...statements)
  })
}
