import type { DatabaseOptions } from '../../config.ts'
import type { Migrated } from '../migrate.ts'
import type { Store, StoreLog } from '../store.ts'
import { accountQueries } from './accounts.ts'
import { claims } from './claims.ts'
import { clientQueries } from './clients.ts'
import { type Database, openDatabase } from './database.ts'
import { distribute, hasCitus } from './distribute.ts'
import { erasureQueries } from './erasure/erase.ts'
import { erasureWork } from './erasure/erase-more.ts'
import { expiring } from './erasure/expire.ts'
import { purgeWork } from './erasure/purge.ts'
import { importQueries } from './imports.ts'
import { inspect } from './inspect.ts'
import { interactionAdditions } from './interactions/add.ts'
import { changeReads } from './interactions/changes.ts'
import { type Deflater, startDeflater } from './interactions/deflater.ts'
import { idleEnding } from './interactions/idle.ts'
import { listingReads } from './interactions/list.ts'
import { openReads } from './interactions/open.ts'
import { interactionReads } from './interactions/read.ts'
import { inTurns } from './interactions/turns.ts'
import { interactionWrites } from './interactions/write.ts'
import { keyQueries } from './keys.ts'
import { checkSchema, migrate } from './migrate.ts'
import { DEFAULTS } from './options.ts'
import { openReplica, type Replica } from './replica.ts'
import { sql } from './statement.ts'
import { transferQueries } from './transfer.ts'
import { readAddress } from './url.ts'

/** Writing the tables anew may take hours. The server's own statement_timeout is set to this, too. */
const DAY = 24 * 3600 * 1000

const SILENT: StoreLog = { info() {}, warn() {} }

/**
 * Opens the store on a PostgreSQL database whose schema `parlance migrate` has made. Throws StoreUnusable or
 * StoreUnavailable, both saying what to do; of a replica only what is wrong with its URL.
 */
export async function openPostgresStore(
  url: string,
  options: Partial<DatabaseOptions> = {},
  log = SILENT,
): Promise<Store> {
  const given = { ...DEFAULTS, ...options }
  const database = openDatabase(readAddress(url), given)
  try {
    const replica = given.readUrl === undefined ? undefined : openReplica(given.readUrl, given, log)
    await checkSchema(database)
    database.opened()
    const patient = openDatabase(readAddress(url), { ...given, poolSize: 1, statementTimeout: DAY })
    return storeOn(database, startDeflater(), { ...given, replica, patient })
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Creates or upgrades the schema, and distributes the tables where there is Citus. See store/migrate.ts. */
export async function migratePostgres(
  url: string,
  options: Partial<DatabaseOptions>,
  told: (step: string) => void,
): Promise<Migrated> {
  const database = openDatabase(readAddress(url), { ...DEFAULTS, ...options })
  const done: Migrated = { location: database.location, applied: [], distributed: [] }
  try {
    await migrate(database, (version) => {
      done.applied.push(version)
      told(`schema ${version}`)
    })
    if (await hasCitus(database)) {
      await distribute(database, (table) => {
        done.distributed.push(table)
        told(`${table} distributed`)
      })
    }
    return done
  } finally {
    await database.close()
  }
}

interface StoreParts {
  lockTimeout: number
  replica?: Replica | undefined
  /** The same database, whose statements may take as long as they take. */
  patient?: Database
}

/** The store's methods on a database with its schema. */
export function storeOn(
  database: Database,
  deflater: Deflater,
  { lockTimeout, replica, patient = database }: StoreParts = DEFAULTS,
): Store {
  // One write of an account at a time in each process, of whatever kind.
  const turns = inTurns(lockTimeout)
  return {
    location: database.location,
    lockTimeout,
    ...accountQueries(database),
    ...clientQueries(database),
    ...keyQueries(database),
    ...importQueries(database),
    ...interactionReads(database, deflater),
    ...listingReads(database, replica),
    ...openReads(database, deflater),
    ...changeReads(database),
    ...interactionWrites(database, deflater, turns),
    ...interactionAdditions(database, deflater, turns),
    ...idleEnding(database, deflater, turns),
    ...erasureQueries(database, turns),
    ...erasureWork(database, turns),
    ...expiring(database, turns),
    ...purgeWork(database, { patient, patience: lockTimeout }),
    ...claims(database),
    transfer: transferQueries(database),
    async ping() {
      await database.run(sql('SELECT 1'))
    },
    async inspect() {
      return [
        ...(await inspect(database)),
        ...(replica === undefined ? [] : [await replica.inspect(database)]),
      ]
    },
    async close() {
      await database.close()
      await patient.close()
      await replica?.close()
      await deflater.close()
    },
  }
}
