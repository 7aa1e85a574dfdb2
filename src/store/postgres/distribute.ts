import type { Database } from './database.ts'
import { LOCK } from './migrate.ts'
import { sql } from './statement.ts'
import { booleanIn, textIn } from './wire/decode.ts'

/** Tables that every machine of a cluster has a copy of. */
const REFERENCE = ['migrations', 'accounts', 'keys', 'settings']
/** Tables of accounts: an account's rows of all of them lie on one machine. The first one leads. */
const DISTRIBUTED = [
  'revisions',
  'clients',
  'assertions',
  'imports',
  'interactions',
  'gathered_messages',
  'tombstones',
  'erased_customers',
  'erasures',
  'erasing',
]
const LEADER = `parlance.${DISTRIBUTED[0]}`

/** Whether the server has Citus in this database. */
export async function hasCitus(database: Database): Promise<boolean> {
  const found = await database.run(sql(`SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')`))
  return booleanIn(found.rows[0]?.column(0))
}

/**
 * Spreads the tables over the machines of a Citus cluster, with the rows that they hold; what was spread before stays as
 * it is. Each table in a transaction of its own, so that an interrupted run goes on where it was.
 */
export async function distribute(
  database: Database,
  done: (table: string) => void = () => {},
): Promise<void> {
  for (const table of [...REFERENCE, ...DISTRIBUTED]) {
    const name = `parlance.${table}`
    const spread = await database.transaction(async (transaction) => {
      const [, , , found] = await transaction.run(
        sql('SET LOCAL statement_timeout = 0'),
        sql('SET LOCAL lock_timeout = 0'),
        sql('SELECT pg_advisory_xact_lock($1)', LOCK),
        sql('SELECT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = $1::text::regclass)', name),
      )
      if (booleanIn(found?.rows[0]?.column(0))) return false
      await transaction.commit(spreading(table, name))
      return true
    })
    if (spread) done(name)
  }
}

function spreading(table: string, name: string) {
  if (REFERENCE.includes(table)) return sql('SELECT create_reference_table($1::text::regclass)', name)
  if (name === LEADER) return sql(`SELECT create_distributed_table($1::text::regclass, 'account_id')`, name)
  return sql(
    `SELECT create_distributed_table($1::text::regclass, 'account_id', colocate_with => $2)`,
    name,
    LEADER,
  )
}

/** Which tables are spread over the cluster, and which are not. Only where there is Citus. */
export async function distributedTables(
  database: Database,
): Promise<{ spread: string[]; missing: string[] }> {
  const { rows } = await database.run(
    sql(`SELECT c.relname::text FROM pg_dist_partition JOIN pg_class AS c ON c.oid = logicalrelid
         WHERE c.relnamespace = 'parlance'::regnamespace ORDER BY 1`),
  )
  const spread = rows.map(([name]) => textIn(name))
  return { spread, missing: [...REFERENCE, ...DISTRIBUTED].filter((table) => !spread.includes(table)) }
}
