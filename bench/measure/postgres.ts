import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { Client } from 'pg'
import { runOn, startServer, testServer } from '../../test/store/postgres/server.ts'
import { cpuSecondsOfAll } from './process.ts'
import type { Subject } from './rounds.ts'

/** A PostgreSQL server on this machine, whose processes' CPU time can be read. */
export interface Postgres extends AsyncDisposable {
  /** What it calls itself, and the settings that decide. */
  version: string
  /** CPU seconds of all its processes, also of those that have ended. */
  cpu(): number
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>
}

/**
 * As in earnest: what is committed is on the disk, and buffers have a quarter of the memory, as PostgreSQL's manual says (19.4.1).
 * All that is written in a run fits into 2 GB: with 256 MB, whoever came next had to write out the pages of the one before, which
 * made ours take a fifth longer beside the peer than alone. Autovacuum is off, since its work would fall on whoever is measured when
 * it comes; tables are vacuumed before they are read.
 */
const SHARED_MEGABYTES = Math.floor(Math.min(2 ** 31, totalmem() / 4) / 2 ** 20)
const DURABLE = [
  'fsync=on',
  'synchronous_commit=on',
  `shared_buffers=${SHARED_MEGABYTES}MB`,
  'max_wal_size=4GB',
  'autovacuum=off',
]

/** The server that PARLANCE_TEST_DATABASE names, as it is set; or one of our own, that ends with this process. */
export async function startPostgres(): Promise<Postgres> {
  const own = process.env.PARLANCE_TEST_DATABASE === undefined ? await startServer(DURABLE) : undefined
  const server = own ?? (await testServer())
  const { version, pid } = await lookAt(server.url('postgres'))
  const created: string[] = []
  return {
    version,
    cpu: () => cpuSecondsOfAll(pid),
    async createDatabase(name) {
      const unique = `${name}_${process.pid}`
      await runOn(server.url('postgres'), `CREATE DATABASE ${unique} ENCODING 'UTF8' TEMPLATE template0`)
      created.push(unique)
      return server.url(unique)
    },
    async [Symbol.asyncDispose]() {
      // One of our own goes with this process, however that ends.
      if (own !== undefined) return
      for (const name of created) {
        await runOn(server.url('postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      }
    },
  }
}

const LOOK = `SELECT pg_backend_pid() AS pid, format('PostgreSQL %s, fsync=%s, synchronous_commit=%s, shared_buffers=%s',
  current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'),
  current_setting('shared_buffers')) AS version`

/** The parent of the process that serves us is the one that started all the others. */
async function lookAt(url: string): Promise<{ version: string; pid: number }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number; version: string }>(LOOK)
    const [{ pid, version }] = rows as [{ pid: number; version: string }]
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, parent] = /^PPid:\s+(\d+)$/m.exec(status) ?? []
    if (!/^Name:\s+postgres$/m.test(status) || parent === undefined) throw new Error('it is another process')
    return { version, pid: Number(parent) }
  } catch (cause) {
    throw new Error('the processes of the PostgreSQL server cannot be seen from here', { cause })
  } finally {
    await client.end()
  }
}

/** The same, with the CPU time of the server besides. */
export function withServer(postgres: Postgres, subject: Subject): Subject {
  return {
    ...subject,
    async round(number) {
      const before = postgres.cpu()
      const round = await subject.round(number)
      return { ...round, cpu: round.cpu + postgres.cpu() - before }
    },
  }
}
