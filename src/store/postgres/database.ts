import type { DatabaseOptions } from '../../config.ts'
import { StoreUnavailable } from '../errors.ts'
import { type Connection, openConnections } from './connections.ts'
import { CLOSED, isConflict, isLost, isWorthAnother, translateError } from './errors.ts'
import { accountOf, sql } from './statement.ts'
import { type Address, locationOf } from './url.ts'
import type { Statement } from './wire/encode.ts'
import type { Result } from './wire/exchange.ts'

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
/** How long the server's own time-out may be late before the connection is given up. */
const GRACE = 5 * SECOND
const MAX_ATTEMPTS = 5

/** Makes a pool; connects when something is to be run. */
export function openDatabase(
  address: Address,
  options: DatabaseOptions,
  connectTimeout = CONNECT_TIMEOUT,
): Database & { opened(): void } {
  const location = locationOf(address)
  const connections = openConnections(address, options, connectTimeout)
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

  async function once(statements: Statement[]): Promise<Result[]> {
    const connection = await connections.take(accountOf(statements))
    const taken = async () => connection
    return givingBack(taken, () => connection.exchange(statements, options.statementTimeout))
  }

  function runAll(statements: Statement[]): Promise<Result[]> {
    return retried(() => once(statements), isWorthAnother)
  }

  async function transactOnce<T>(
    work: (transaction: Transaction) => Promise<T>,
    state: { sent: boolean },
    until = performance.now() + options.lockTimeout,
  ): Promise<T> {
    const timeout = options.statementTimeout + GRACE
    // Taken when something is to be run, for then it is known whose.
    let taking: Promise<Connection> | undefined
    let open = false
    function connected(statements: Statement[]): Promise<Connection> {
      taking ??= connections.take(accountOf(statements))
      return taking
    }
    async function run(...statements: Statement[]): Promise<Result[]> {
      const connection = await connected(statements)
      const first = open ? [] : [...begin, waitingFor(until - performance.now())]
      open = true
      const results = await connection.exchange([...first, ...statements], timeout)
      return results.slice(first.length)
    }
    async function commit(...statements: Statement[]): Promise<Result[]> {
      await connected(statements)
      state.sent = true
      const results = await run(...statements, sql('COMMIT'))
      open = false
      return results
    }
    const taken = async () => taking?.catch(() => undefined)
    return givingBack(taken, async () => {
      try {
        return await work({ run, commit })
      } catch (error) {
        if (isLost(error) || error instanceof StoreUnavailable) open = false
        throw error
      } finally {
        const connection = await taken()
        if (open) await connection?.exchange([sql('ROLLBACK')], timeout)
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
    await connections.end()
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

/** Gives a connection back, where one was taken, when its use has ended. */
async function givingBack<T>(
  taken: () => Promise<Connection | undefined>,
  use: () => Promise<T>,
): Promise<T> {
  let failure: unknown
  try {
    return await use()
  } catch (error) {
    failure = error
    throw error
  } finally {
    ;(await taken())?.release(failure)
  }
}
