import { Client } from 'pg'
import { migrateStore } from '../../../src/store/migrate.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { until } from '../../http/support.ts'
import { type OwnServer, runOn, startPair } from './server.ts'

/** A primary with the schema in a database, and a replica that follows it. */
export interface Pair {
  primary: OwnServer
  replica: OwnServer
  /** URLs of the database on each. */
  primaryUrl: string
  replicaUrl: string
}

export async function startMigratedPair(): Promise<Pair> {
  const { primary, replica } = await startPair()
  await runOn(primary.url('postgres'), 'CREATE DATABASE parlance')
  const pair = { primary, replica, primaryUrl: primary.url('parlance'), replicaUrl: replica.url('parlance') }
  await migrateStore(pair.primaryUrl)
  await caughtUp(pair)
  return pair
}

/** The one value that a query gives. */
export async function answerTo(url: string, query: string): Promise<unknown> {
  const { host, port, user, database } = readAddress(url)
  const client = new Client({ host, port, user, database })
  await client.connect()
  try {
    const { rows } = await client.query({ text: query, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

/** Resolves when the replica has applied all that the primary has written before. */
export async function caughtUp({ primary, replica }: Pick<Pair, 'primary' | 'replica'>): Promise<void> {
  const written = await answerTo(primary.url('postgres'), 'SELECT pg_current_wal_lsn()')
  const applied = `SELECT pg_last_wal_replay_lsn() >= '${written}'`
  await until(async () => (await answerTo(replica.url('postgres'), applied)) === true)
}

/** Lets the replica stay where it is, until it may go on. */
export async function pause({ primary, replica }: Pair): Promise<void> {
  await caughtUp({ primary, replica })
  const url = replica.url('postgres')
  await answerTo(url, 'SELECT pg_wal_replay_pause()')
  await until(async () => (await answerTo(url, 'SELECT pg_get_wal_replay_pause_state()')) === 'paused')
}

export async function goOn(pair: Pair): Promise<void> {
  await answerTo(pair.replica.url('postgres'), 'SELECT pg_wal_replay_resume()')
  await caughtUp(pair)
}
