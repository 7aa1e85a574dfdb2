import { readdirSync, readFileSync } from 'node:fs'
import { StoreUnusable } from '../errors.ts'
import type { Database, Transaction } from './database.ts'
import { NOT_MIGRATED } from './errors.ts'
import { sql } from './statement.ts'
import { booleanIn, integerIn, textIn } from './wire/decode.ts'

const FOLDER = new URL('./migrations/', import.meta.url)
/** Of the advisory lock that migrating processes take: "Parl", as a number. */
export const LOCK = 0x5061726c

export interface Migration {
  version: number
  statements: string[]
}

/** The migrations in order; file names begin with their number. */
export function migrations(): Migration[] {
  const files = readdirSync(FOLDER).filter((file) => /^\d{3}-[\w-]+\.sql$/.test(file))
  return files.sort().map((file) => ({
    version: Number(file.slice(0, 3)),
    statements: statementsOf(readFileSync(new URL(file, FOLDER), 'utf8')),
  }))
}

/** Each is sent by itself. A statement ends with a semicolon at the end of a line. */
function statementsOf(text: string): string[] {
  const bare = text.replace(/^\s*--.*$/gm, '')
  return bare.split(/;\s*$/m).flatMap((statement) => statement.trim() || [])
}

/**
 * Brings the schema up to date, each migration in a transaction of its own; any number of processes may do so at once.
 * Tells each that was done by this one. Throws StoreUnusable for a schema of a newer version.
 */
export async function migrate(
  database: Database,
  done: (version: number) => void = () => {},
  all: readonly Migration[] = migrations(),
): Promise<void> {
  const latest = all.at(-1)?.version ?? 0
  const before = await schemaVersion(database)
  refuseNewer(before, latest)
  for (const { version, statements } of all) {
    if (version <= before) continue
    const was = await database.transaction((transaction) => apply(transaction, version, statements))
    refuseNewer(was, latest)
    if (was < version) done(version)
  }
}

/** Applies one migration unless another process has; gives the version that was there. */
async function apply(transaction: Transaction, version: number, statements: string[]): Promise<number> {
  await transaction.run(
    sql('SET LOCAL statement_timeout = 0'),
    sql('SET LOCAL lock_timeout = 0'),
    sql('SELECT pg_advisory_xact_lock($1)', LOCK),
  )
  await refuseEncoding(transaction)
  await transaction.run(
    sql('CREATE SCHEMA IF NOT EXISTS parlance'),
    sql('CREATE TABLE IF NOT EXISTS parlance.migrations (version bigint NOT NULL PRIMARY KEY)'),
  )
  const [found] = await transaction.run(sql(VERSION))
  const was = integerIn(found?.rows[0]?.column(0))
  if (was >= version) return was
  for (const text of statements) await transaction.run(sql(text))
  await transaction.commit(sql('INSERT INTO parlance.migrations (version) VALUES ($1)', version))
  return was
}

const VERSION = 'SELECT coalesce(max(version), 0) FROM parlance.migrations'

/** Documents are UTF-8, and so are the ids that their order is told by. */
async function refuseEncoding(transaction: Transaction): Promise<void> {
  const [result] = await transaction.run(sql(`SELECT current_setting('server_encoding')`))
  const encoding = textIn(result?.rows[0]?.column(0))
  if (encoding === 'UTF8') return
  throw new StoreUnusable(
    `The database has the encoding ${encoding}. Create one with UTF8: createdb --encoding=UTF8 --template=template0 NAME`,
  )
}

/** The version of the schema, 0 where there is none. */
export async function schemaVersion(database: Database): Promise<number> {
  const present = await database.run(sql(`SELECT to_regclass('parlance.migrations') IS NOT NULL`))
  if (!booleanIn(present.rows[0]?.column(0))) return 0
  const version = await database.run(sql(VERSION))
  return integerIn(version.rows[0]?.column(0))
}

/** Throws StoreUnusable unless the schema is the one that this version knows. */
export async function checkSchema(database: Database): Promise<void> {
  const latest = migrations().at(-1)?.version ?? 0
  const version = await schemaVersion(database)
  refuseNewer(version, latest)
  if (version < latest) throw new StoreUnusable(`${database.location}: ${NOT_MIGRATED}`)
}

function refuseNewer(version: number, latest: number): void {
  if (version <= latest) return
  throw new StoreUnusable(
    `The store has schema ${version} and this version knows ${latest}: a newer Parlance has upgraded it. Use that one.`,
  )
}
