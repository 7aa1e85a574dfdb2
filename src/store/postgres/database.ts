import { readFile } from 'node:fs/promises'
import { Client, type ClientConfig, Pool, type PoolClient, type Submittable } from 'pg'
import type { DatabaseOptions } from '../../config.ts'
import { StoreUnavailable } from '../errors.ts'
import { cancel } from './cancel.ts'
import { CLOSED, isConflict, isLost, isReadOnly, isWorthAnother, translateError } from './errors.ts'
import { sql } from './statement.ts'
import { type Address, locationOf } from './url.ts'
import { BinaryConnection } from './wire/connection.ts'
import type { Statement } from './wire/encode.ts'
import { Exchange, type Result } from './wire/exchange.ts'

/** Statements on a database, one or several at a time. What fails is told as the store tells it (errors.ts). */
export interface Database extends Queries {
  readonly location: string
  /** Runs statements in one round trip, one after the other; a result for each. As for `run`, they may run twice. */
  runAll(...statements: Statement[]): Promise<Result[]>
  /** Does something of several steps: once begun it may go on to its end, however soon the database is closed. */
  during<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Waits for what runs, then closes. */
  close(): Promise<void>
}

export interface Queries {
  /** Runs one statement by itself. It may run twice where a connection is lost, so it must not mind. */
  run(statement: Statement): Promise<Result>
  /**
   * Runs `work` in a transaction. It is tried again where it got in another's way, or where the connection was lost before
   * anything was to be committed; so `work` starts anew each time. It waits for locks until `until` (performance.now());
   * without it, for the lock time-out each.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, until?: number): Promise<T>
}

export interface Transaction {
  /** Runs statements in one round trip; a result for each. */
  run(...statements: Statement[]): Promise<Result[]>
  /** The same, and commits in that round trip. Nothing may be run afterwards; without it nothing is kept. */
  commit(...statements: Statement[]): Promise<Result[]>
}

const SECOND = 1000
/** Waiting for a connection: of the pool, or to be made. */
const CONNECT_TIMEOUT = 10 * SECOND
const IDLE_TIMEOUT = 60 * SECOND
/** How long the server's own time-out may be late before the connection is given up. */
const GRACE = 5 * SECOND
const MAX_ATTEMPTS = 5
/** A connection that is as young leads to where the address does now. */
const READ_ONLY_AGE = SECOND

class BinaryClient extends Client {
  declare readonly connection: BinaryConnection
  declare readonly connectionParameters: object

  constructor(config: ClientConfig) {
    super({
      ...config,
      // The pool hides it from whoever copies what it has been given.
      password: config.password,
      sslnegotiation: 'postgres',
      connection: new BinaryConnection({ ssl: config.ssl, keepAlive: true }),
    } as ClientConfig)
    // The library takes what is left out from the environment (PGOPTIONS, PGREPLICATION, PGBINARY), which is not ours.
    Object.assign(this.connectionParameters, { options: undefined, replication: undefined, binary: false })
    // What goes wrong on our side while connecting would leave the server waiting for us, for a minute.
    this.connection.on('error', () => this.connection.stream.destroy())
  }
}

/** Makes a pool; connects when something is to be run. */
export function openDatabase(
  address: Address,
  options: DatabaseOptions,
  connectTimeout = CONNECT_TIMEOUT,
): Database & { opened(): void } {
  const location = locationOf(address)
  const pool = new Pool({
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    // Always a function: the library would look for a password in the environment and in files otherwise.
    password: () => passwordOf(address, options),
    ssl: address.ssl,
    application_name: 'parlance',
    Client: BinaryClient as unknown as new () => Client,
    max: options.poolSize,
    connectionTimeoutMillis: connectTimeout,
    idleTimeoutMillis: IDLE_TIMEOUT,
    allowExitOnIdle: true,
  })
  // An idle connection that is cut is dropped by the pool; the next statement makes another.
  pool.on('error', () => {})
  /** When each connection was made; those from before `obsolete` are not used again. */
  const madeAt = new WeakMap<PoolClient, number>()
  let obsolete = Number.NEGATIVE_INFINITY
  const begin = [
    sql('BEGIN ISOLATION LEVEL READ COMMITTED'),
    sql(`SET LOCAL statement_timeout = ${options.statementTimeout}`),
  ]
  /** Not as SET, whose text would be another each time, and kept by the server each time. */
  const waitingFor = (milliseconds: number) =>
    sql("SELECT set_config('lock_timeout', $1, true)", String(Math.max(1, Math.ceil(milliseconds))))
  const running = new Set<Promise<unknown>>()
  let isOpened = false
  let closed: Promise<void> | undefined

  async function connected(): Promise<PoolClient> {
    const client = await pool.connect()
    const made = madeAt.get(client)
    if (made !== undefined) {
      if (made >= obsolete) return client
      client.release(true)
      return connected()
    }
    // A connection that is cut tells it to what runs on it, and once more to everybody, which must be heard.
    client.on('error', () => {})
    try {
      if (await mayKeepStatements(client)) connectionOf(client).keepStatements()
      madeAt.set(client, performance.now())
      return client
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  /**
   * Statements are kept by one connection of the server, and behind a pooler the next transaction may get another. A
   * pooler gives each client a process id of its own making, so that cancelling can be told apart.
   */
  async function mayKeepStatements(client: PoolClient): Promise<boolean> {
    if (options.preparedStatements !== 'auto') return options.preparedStatements === 'on'
    const asked = sql('SELECT pg_backend_pid()::bigint')
    const [result] = await exchange(client, [asked], options.statementTimeout)
    return result?.rows[0]?.integer(0) === (client as unknown as { processID: number }).processID
  }

  /** One round trip; the connection is cut where it takes too long. */
  async function exchange(client: PoolClient, statements: Statement[], timeout: number): Promise<Result[]> {
    const sent = new Exchange(statements)
    let late: StoreUnavailable | undefined
    const timer = setTimeout(() => {
      late = new StoreUnavailable(`${location}: it took too long.`)
      void cancel(address, client).then(() => connectionOf(client).stream.destroy())
    }, timeout)
    try {
      send(client, sent)
      return await sent.results
    } catch (error) {
      throw late ?? error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Runs `use` on a connection. One that is lost is not used again. */
  async function withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await connected()
    let broken = true
    try {
      const value = await use(client)
      broken = false
      return value
    } catch (error) {
      broken = isLost(error) || error instanceof StoreUnavailable
      if (isReadOnly(error)) leave(client)
      throw error
    } finally {
      client.release(broken || connectionOf(client).isWorn)
    }
  }

  /**
   * Connections to a server that takes no writes may lead to one that was the primary until now, and its name to another by
   * this time; or they were made while it was read-only, and stay so. A new one shows: so all older ones are left.
   */
  function leave(client: PoolClient): void {
    const now = performance.now()
    if (now - (madeAt.get(client) ?? now) > READ_ONLY_AGE) obsolete = now
  }

  function runAll(statements: Statement[]): Promise<Result[]> {
    const once = () => withClient((client) => exchange(client, statements, options.statementTimeout))
    return retried(once, isWorthAnother)
  }

  async function transactOnce<T>(
    work: (transaction: Transaction) => Promise<T>,
    state: { sent: boolean },
    until = performance.now() + options.lockTimeout,
  ): Promise<T> {
    return withClient(async (client) => {
      const timeout = options.statementTimeout + GRACE
      let open = false
      async function run(...statements: Statement[]): Promise<Result[]> {
        const first = open ? [] : [...begin, waitingFor(until - performance.now())]
        open = true
        const results = await exchange(client, [...first, ...statements], timeout)
        return results.slice(first.length)
      }
      async function commit(...statements: Statement[]): Promise<Result[]> {
        state.sent = true
        const results = await run(...statements, sql('COMMIT'))
        open = false
        return results
      }
      try {
        return await work({ run, commit })
      } catch (error) {
        if (isLost(error) || error instanceof StoreUnavailable) open = false
        throw error
      } finally {
        if (open) await exchange(client, [sql('ROLLBACK')], timeout)
      }
    })
  }

  /** Counts what runs, so that `close` can wait for it, and tells errors as the store does. */
  function accepted<T>(work: () => Promise<T>): Promise<T> {
    if (closed !== undefined) return Promise.reject(new StoreUnavailable(CLOSED))
    const done = work().catch((error) => {
      throw translateError(error, location, isOpened)
    })
    const settled = done.catch(() => {}).finally(() => running.delete(settled))
    running.add(settled)
    return done
  }

  async function end(): Promise<void> {
    while (running.size > 0) await Promise.all(running)
    await pool.end()
  }

  const queries: Queries = {
    async run(statement) {
      const [result] = await runAll([statement])
      return result as Result
    },
    transaction(work, until) {
      let state = { sent: false }
      return retried(
        () => {
          state = { sent: false }
          return transactOnce(work, state, until)
        },
        (error) => isConflict(error) || (isWorthAnother(error) && !state.sent),
      )
    },
  }

  return {
    location,
    opened() {
      isOpened = true
    },
    run: (statement) => accepted(() => queries.run(statement)),
    runAll: (...statements) => accepted(() => runAll(statements)),
    transaction: (work, until) => accepted(() => queries.transaction(work, until)),
    during: (work) => accepted(() => work(queries)),
    close() {
      closed ??= end()
      return closed
    },
  }
}

/** A lost connection is found out about when it is used: the others of the pool may be lost as well. */
async function retried<T>(attempt: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (attempts === MAX_ATTEMPTS || !again(error)) throw error
    }
  }
}

async function passwordOf(address: Address, { passwordFile }: DatabaseOptions): Promise<string> {
  if (address.password !== undefined) return address.password
  if (passwordFile === undefined) return ''
  try {
    return (await readFile(passwordFile, 'utf8')).trim()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new StoreUnavailable(`Cannot read the database's password from ${passwordFile}: ${code}.`, {
      cause,
    })
  }
}

function send(client: PoolClient, exchange: Exchange): void {
  client.query(exchange as unknown as Submittable)
}

function connectionOf(client: PoolClient): BinaryConnection {
  return (client as unknown as { connection: BinaryConnection }).connection
}
