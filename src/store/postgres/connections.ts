import { readFile } from 'node:fs/promises'
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg'
import type { DatabaseOptions } from '../../config.ts'
import { StoreUnavailable } from '../errors.ts'
import { cancel } from './cancel.ts'
import { isLost, isReadOnly } from './errors.ts'
import { type Share, Shares } from './shares.ts'
import { sql } from './statement.ts'
import { type Address, locationOf } from './url.ts'
import { BinaryConnection } from './wire/connection.ts'
import type { Statement } from './wire/encode.ts'
import type { Result } from './wire/exchange.ts'

/** A connection of the pool, for one who uses it. */
export interface Connection {
  /** One round trip; the connection is cut where it takes longer than so many milliseconds. */
  exchange(statements: Statement[], timeout: number): Promise<Result[]>
  /** Gives it back, when nothing runs on it. It is not used again where it was lost by what went wrong. */
  release(error?: unknown): void
}

export interface Connections {
  /** One that nobody else uses meanwhile, for the statements of an account, or such as belong to none. */
  take(account: string | undefined): Promise<Connection>
  /** When all have been given back. */
  end(): Promise<void>
}

const SECOND = 1000
const IDLE_TIMEOUT = 60 * SECOND
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

/** Makes a pool, which connects when a connection is taken, and waits `connectTimeout` milliseconds for one. */
export function openConnections(
  address: Address,
  options: DatabaseOptions,
  connectTimeout: number,
): Connections {
  const location = locationOf(address)
  const pool = poolOf(address, options, connectTimeout)
  /** When each connection was made; those from before `obsolete` are not used again. */
  const madeAt = new WeakMap<PoolClient, number>()
  /** Those that are about to be cut, since what they ran was cancelled. */
  const cut = new WeakSet<PoolClient>()
  let obsolete = Number.NEGATIVE_INFINITY
  const late = () => new StoreUnavailable(`${location}: no connection was free or could be made in time.`)
  const shares = new Shares(options.poolSize, connectTimeout, late)

  async function connected(until: number | undefined): Promise<PoolClient> {
    const client = await (until === undefined ? pool.connect() : connectedBy(until))
    const made = madeAt.get(client)
    if (made !== undefined) {
      if (made >= obsolete) return client
      client.release(true)
      return connected(until)
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

  /** As the pool does, which knows nothing of the time that was waited before. */
  async function connectedBy(until: number): Promise<PoolClient> {
    const { promise, resolve, reject } = Promise.withResolvers<PoolClient>()
    const timer = setTimeout(() => reject(late()), until - performance.now())
    const connecting = pool.connect()
    connecting.then(resolve, reject)
    try {
      return await promise
    } catch (error) {
      connecting.then((client) => client.release()).catch(() => {})
      throw error
    } finally {
      clearTimeout(timer)
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

  async function exchange(
    client: PoolClient,
    statements: Statement[],
    timeout: number,
    share?: Share,
  ): Promise<Result[]> {
    let ended: StoreUnavailable | undefined
    const end = (why: string) => {
      if (ended !== undefined) return
      ended = new StoreUnavailable(`${location}: it took ${why}.`)
      cut.add(client)
      void cancel(address, client).then(() => connectionOf(client).stream.destroy())
    }
    const timer = setTimeout(end, timeout, 'too long')
    if (share !== undefined) shares.sent(share, () => end('long, and others waited for its connection'))
    try {
      return await connectionOf(client).exchange(statements)
    } catch (error) {
      throw ended ?? error
    } finally {
      clearTimeout(timer)
      if (share !== undefined) shares.ended(share)
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

  async function use(share: Share): Promise<Connection> {
    const client = await connected(share.until)
    return {
      exchange: (statements, timeout) => exchange(client, statements, timeout, share),
      release(error) {
        const failed = error !== undefined
        if (failed && isReadOnly(error)) leave(client)
        const isBroken = failed && (isLost(error) || error instanceof StoreUnavailable)
        client.release(isBroken || cut.has(client) || connectionOf(client).isWorn)
        shares.give(share)
      },
    }
  }

  return {
    async take(account) {
      const share = await shares.take(account)
      try {
        return await use(share)
      } catch (error) {
        shares.give(share)
        throw error
      }
    },
    async end() {
      await pool.end()
      shares.close()
    },
  }
}

function poolOf(address: Address, options: DatabaseOptions, connectTimeout: number): Pool {
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
  return pool
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

function connectionOf(client: PoolClient): BinaryConnection {
  return (client as unknown as { connection: BinaryConnection }).connection
}
