import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable, StoreUnusable } from '../../errors.ts'
import type { Database } from '../database.ts'
import { sql } from '../statement.ts'
import { booleanIn, integerIn, textIn } from '../wire/decode.ts'
import { integers, texts } from '../wire/encode.ts'

/**
 * Tables that hold content or customers, each with the index in whose order it is written anew. CLUSTER does what VACUUM (FULL)
 * does, file, indexes and what lies beside the table (TOAST), and does it in a transaction, whose time-outs are its own: outside of one a
 * connection would have to keep a state. And an account's interactions lie together afterwards.
 */
const REWRITTEN = {
  interactions: 'interactions_revision',
  gathered_messages: 'gathered_messages_pkey',
  erasing: 'erasing_pkey',
}
const TABLES = Object.keys(REWRITTEN)

/** Erasures of one account that are noted by one purge; the others wait for the next. */
const MOST_ERASURES = 100_000
/** Accounts that are asked about in one round trip. */
const ACCOUNTS_AT_ONCE = 100
const POLL = 100

/** What the note of the last purge is called among the settings: its time, and where the journal was. */
export const PURGED_NAME = 'purged'

/** Whether this role may write the tables anew. From PostgreSQL 17 on that is a privilege by itself. */
export const MAY_PURGE = `SELECT bool_and(pg_has_role(relowner, 'USAGE') OR CASE
    WHEN current_setting('server_version_num')::bigint >= 170000 THEN has_table_privilege(oid, 'MAINTAIN')
    ELSE false END)
  FROM pg_class WHERE relnamespace = 'parlance'::regnamespace AND relname = ANY($1)`
export const PURGED_TABLES = texts(TABLES)
export const HOW_TO_PURGE =
  'let it be a member of the role that owns the tables (GRANT parlance TO parlance_server), or from PostgreSQL 17 on GRANT MAINTAIN on them'

/** Erasures of one account that are done, and not purged. */
interface Unpurged {
  accountId: string
  ids: string[]
  /** How many interactions each has erased: it has gone on where that has changed. */
  counts: number[]
}

export interface Purging {
  /** The same database, whose statements may take as long as they take. */
  patient: Database
  /** Milliseconds to wait for others: for locks, and for those who still see what was erased. */
  patience: number
}

export function purgeWork(database: Database, { patient, patience }: Purging) {
  async function purge(now: number): Promise<boolean> {
    const since = performance.now()
    const before = await unpurged(database)
    if (before.length === 0) return false
    await mayPurge(database)
    await forgotten(database, patience)
    for (const [table, index] of Object.entries(REWRITTEN)) {
      await patient.transaction(
        (transaction) => transaction.commit(sql(`CLUSTER parlance.${table} USING ${index}`)),
        performance.now() + patience,
      )
    }
    await note(database, before, now + Math.round(performance.now() - since))
    return true
  }

  return { purge }
}

/** Account by account, for each lies on one machine. */
async function unpurged(database: Database): Promise<Unpurged[]> {
  const accounts = await database.run(sql('SELECT account_id FROM parlance.accounts ORDER BY account_id'))
  const ids = accounts.rows.map((row) => textIn(row.column(0)))
  const all: Unpurged[] = []
  for (let from = 0; from < ids.length; from += ACCOUNTS_AT_ONCE) {
    const some = ids.slice(from, from + ACCOUNTS_AT_ONCE)
    const results = await database.runAll(
      ...some.map((accountId) =>
        sql(
          `SELECT erasure_id, interactions FROM parlance.erasures
           WHERE account_id = $1 AND purged_at IS NULL AND erased_at IS NOT NULL LIMIT $2`,
          accountId,
          MOST_ERASURES,
        ),
      ),
    )
    for (const [index, { rows }] of results.entries()) {
      if (rows.length === 0) continue
      all.push({
        accountId: some[index] as string,
        ids: rows.map((row) => textIn(row.column(0))),
        counts: rows.map((row) => row.integer(1)),
      })
    }
  }
  return all
}

async function mayPurge(database: Database): Promise<void> {
  const { rows } = await database.run(sql(MAY_PURGE, PURGED_TABLES))
  if (booleanIn(rows[0]?.column(0))) return
  throw new StoreUnusable(
    `${database.location}: what was erased cannot be purged, for this role may not write the tables anew: ${HOW_TO_PURGE}.`,
  )
}

/**
 * Waits until nobody can see any more what has been deleted so far: rows that somebody may still see are written anew like others. Such
 * are transactions that are open for long, also on a standby with hot_standby_feedback, and prepared ones.
 */
async function forgotten(database: Database, patience: number): Promise<void> {
  const { rows } = await database.run(sql('SELECT pg_snapshot_xmax(pg_current_snapshot())::text'))
  const horizon = textIn(rows[0]?.column(0))
  const until = performance.now() + patience
  for (;;) {
    const seen = await database.run(sql(STILL_SEEN, horizon))
    const count = integerIn(seen.rows[0]?.column(0))
    if (count === 0) return
    if (performance.now() >= until) {
      throw new StoreUnavailable(
        `${database.location}: what was erased is still seen by ${count} transactions that are open for long (pg_stat_activity, pg_prepared_xacts, pg_replication_slots); it is purged when they have ended.`,
      )
    }
    await sleep(POLL)
  }
}

/** A transaction id is older than another where its age is greater. Who purges has no snapshot between statements. */
const STILL_SEEN = `SELECT count(*) FROM (
    SELECT backend_xmin AS xid FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
    UNION ALL
    SELECT backend_xid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()
    UNION ALL
    SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()
    UNION ALL
    SELECT xmin FROM pg_replication_slots
  ) AS seen WHERE age(xid) > age($1::text::xid8::xid)`

/** Notes of those erasures what has come of them, and when that was. */
async function note(database: Database, all: Unpurged[], now: number): Promise<void> {
  for (const { accountId, ids, counts } of all) {
    await database.transaction((transaction) =>
      transaction.commit(
        sql('SELECT 1 FROM parlance.revisions WHERE account_id = $1 FOR UPDATE', accountId),
        sql(
          `UPDATE parlance.erasures AS e SET purged_at = $2
           FROM unnest($3::text[], $4::bigint[]) AS p (erasure_id, interactions)
           WHERE e.account_id = $1 AND e.erasure_id = p.erasure_id AND e.interactions = p.interactions`,
          accountId,
          now,
          texts(ids),
          integers(counts),
        ),
      ),
    )
  }
  await database.run(
    sql(
      `INSERT INTO parlance.settings (name, value) VALUES ($1, $2 || ' ' || pg_current_wal_lsn())
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      PURGED_NAME,
      String(now),
    ),
  )
}
