import type { Inspection } from '../store.ts'
import type { Database } from './database.ts'
import { distributedTables, hasCitus } from './distribute.ts'
import { HOW_TO_PURGE, MAY_PURGE, PURGED_NAME, PURGED_TABLES } from './erasure/purge.ts'
import { migrations, schemaVersion } from './migrate.ts'
import { sql } from './statement.ts'
import { booleanIn, integerIn, maybe, textIn } from './wire/decode.ts'

const SECOND = 1000
const OLDEST = 15
/** A clock that differs by more makes tokens and retention times wrong. */
const MAX_SKEW = 30 * SECOND

/** What `doctor` says of a store on PostgreSQL. */
export async function inspect(database: Database): Promise<Inspection[]> {
  const asked = Date.now()
  const { rows } = await database.run(
    sql(
      `SELECT current_setting('server_version'), current_setting('server_version_num')::bigint,
         current_setting('server_encoding'), (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
         current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
         current_setting('transaction_read_only')`,
    ),
  )
  const [version, number, encoding, clock, ...durability] = rows[0] ?? []
  const now = (asked + Date.now()) / 2
  const major = Math.floor(integerIn(number) / 10_000)
  return [
    {
      name: 'store server',
      ok: major >= OLDEST,
      detail: `PostgreSQL ${textIn(version)} at ${database.location}`,
      advice: major >= OLDEST ? undefined : `Parlance needs PostgreSQL ${OLDEST} or later.`,
    },
    await schemaCheck(database),
    {
      name: 'store text',
      ok: textIn(encoding) === 'UTF8',
      detail: `encoding ${textIn(encoding)}; ids compare by their bytes (collation C), whatever the database's own`,
    },
    clockCheck(integerIn(clock) - now),
    durabilityCheck(durability.map(textIn)),
    await purgeCheck(database),
    await citusCheck(database),
  ]
}

async function schemaCheck(database: Database): Promise<Inspection> {
  const version = await schemaVersion(database)
  const latest = migrations().at(-1)?.version
  return { name: 'store schema', ok: version === latest, detail: `version ${version}` }
}

function clockCheck(skew: number): Inspection {
  const ok = Math.abs(skew) <= MAX_SKEW
  const seconds = Math.round(Math.abs(skew) / SECOND)
  return {
    name: 'store clock',
    ok,
    detail:
      seconds === 0
        ? 'agrees with this machine'
        : `${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} this machine`,
    advice: ok ? undefined : 'Set both clocks by a time server: tokens and retention depend on them.',
  }
}

function durabilityCheck(settings: string[]): Inspection {
  const [synchronous = '', fsync = '', fullPages = '', readOnly = ''] = settings
  const weak = synchronous === 'off' || fsync === 'off' || fullPages === 'off'
  return {
    name: 'store durability',
    ok: readOnly === 'off' && !weak,
    detail: `synchronous_commit ${synchronous}, fsync ${fsync}, full_page_writes ${fullPages}${readOnly === 'on' ? ', read-only' : ''}`,
    advice:
      readOnly === 'on'
        ? 'The server takes no writes: name the primary.'
        : weak
          ? 'A crash or a power cut can lose what was acknowledged: switch all of them on.'
          : undefined,
  }
}

/** Whether what was erased can be purged, and how far it was. */
async function purgeCheck(database: Database): Promise<Inspection> {
  const name = 'store purge'
  const [allowed, last] = await database.runAll(
    sql(MAY_PURGE, PURGED_TABLES),
    sql('SELECT value FROM parlance.settings WHERE name = $1', PURGED_NAME),
  )
  if (!booleanIn(allowed?.rows[0]?.column(0))) {
    return {
      name,
      ok: false,
      detail: 'this role may not write the tables anew',
      advice: capital(HOW_TO_PURGE),
    }
  }
  const [at, position] = maybe(last?.rows[0]?.column(0), textIn)?.split(' ') ?? []
  const detail =
    at === undefined
      ? 'nothing was purged yet'
      : `last purge ${new Date(Number(at)).toISOString()}; the journal before ${position} may hold what was erased before`
  return { name, ok: true, detail }
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

async function citusCheck(database: Database): Promise<Inspection> {
  if (!(await hasCitus(database)))
    return { name: 'store cluster', ok: true, detail: 'one server, without Citus' }
  const { spread, missing } = await distributedTables(database)
  return {
    name: 'store cluster',
    ok: missing.length === 0,
    detail: `Citus; ${spread.length} tables distributed${missing.length > 0 ? `, not ${missing.join(', ')}` : ''}`,
    advice: missing.length > 0 ? 'Distribute them: parlance migrate' : undefined,
  }
}
