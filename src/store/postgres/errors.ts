import { StoreUnavailable, StoreUnusable } from '../errors.ts'

export const CLOSED = 'The store is closed.'
export const NOT_MIGRATED = 'Its schema is missing or older than this version needs. Run: parlance migrate'

/** What is known of an error of the server (SQLSTATE) or of the system (ECONNREFUSED and the like). */
function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}

/** Two transactions in each other's way; the server has ended one of them, which may be tried again at once. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error))
}

/** What PgBouncer says where it has no connection for us. It has been waited for, or others wait before us. */
const POOLER_FULL = /query_wait_timeout|no more connections allowed/

/** Whether what was lost with the connection is worth being tried on another at once. */
export function isWorthAnother(error: unknown): boolean {
  return isLost(error) && !POOLER_FULL.test((error as Error).message)
}

/** The server takes no writes: a standby, one that was the primary until now, or one that was told so. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006'
}

const SYSTEM = /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|ENOENT|EACCES|ENOTCONN|ERR_STREAM)/
const TLS = /CERT|SELF_SIGNED|UNABLE_TO|ERR_(TLS|SSL|OSSL)|HOSTNAME_MISMATCH/
/** What the client library says without a code. */
const LOST =
  /^(Connection terminated(?! due to connection timeout)|Client (was closed|has encountered)|Received unexpected)/
/** No connection in time, of the pool or to the server. Who has waited for that does not try again. */
const LATE = /^(timeout e|Connection terminated due to connection timeout)/

/**
 * Whether the connection is of no use any more: cut, ended by the server or a pooler, or without the statements that it was
 * to keep (a pooler gave us another of the server's). A server that ends it says so with the severity FATAL; what it
 * tells as an ERROR is of a connection of its own, as when a machine of a cluster is gone, and ours is as good as before.
 */
export function isLost(error: unknown): boolean {
  const code = codeOf(error)
  if (/^(08P01|26000)/.test(code)) return true
  if (/^(08|57P0)/.test(code)) return (error as { severity?: unknown }).severity !== 'ERROR'
  return isSystem(error) || LOST.test((error as Error).message)
}

function isSystem(error: unknown): boolean {
  return SYSTEM.test(codeOf(error))
}

/** Sentences for what time or an operator may cure, by the beginning of SQLSTATE; the first that fits. */
const UNAVAILABLE: readonly [RegExp, string][] = [
  [/^08/, 'the connection failed'],
  [/^57P03/, 'the server starts or stops'],
  [/^57P/, 'the server is stopping or ended the connection'],
  [/^53300/, 'it has no connection left: raise max_connections, or lower PARLANCE_DATABASE_POOL'],
  [/^53100/, 'its disk is full'],
  [/^53/, 'it is short of resources'],
  [/^58/, 'it cannot use its files'],
  [/^25006/, 'it takes no writes now (a standby, or read-only)'],
  [/^55P03/, 'another write held the account for too long'],
  [/^57014/, 'it took too long'],
  [/^40/, 'transactions kept getting in each other’s way'],
  [/^(26000|55000|25P0)/, 'the connection was in another state than expected'],
]

/** Sentences for what stays wrong until somebody changes it. */
const UNUSABLE: readonly [RegExp, string][] = [
  [/^28/, 'it refuses this user or this password'],
  [/^3D000/, 'there is no such database'],
  [/^42501/, 'this user lacks a privilege'],
  [/^(3F000|42P01|42703)/, NOT_MIGRATED],
]

/**
 * Turns what PostgreSQL, the system and the client library tell into StoreUnavailable, where it may pass, and
 * StoreUnusable, where it will not; leaves the others. Neither repeats a value of a statement. Once a store was `opened`,
 * what would make it unusable (a password that was changed) is unavailable: somebody is about to mend it.
 */
export function translateError(error: unknown, location: string, opened: boolean): unknown {
  if (error instanceof StoreUnavailable || error instanceof StoreUnusable) return error
  const { message } = error as Error
  const code = codeOf(error)
  const told = (list: readonly [RegExp, string][]) => list.find(([codes]) => codes.test(code))?.[1]
  const wrong = told(UNUSABLE) ?? (isTls(error) ? `TLS failed: ${message}` : undefined)
  if (wrong !== undefined) {
    const text = `${location}: ${wrong}.`.replace(/migrate\.$/, 'migrate')
    return opened ? new StoreUnavailable(text, { cause: error }) : new StoreUnusable(text, { cause: error })
  }
  const passing = told(UNAVAILABLE)
  if (passing !== undefined) {
    return new StoreUnavailable(`${location}: ${passing} (${message}).`, { cause: error })
  }
  if (LATE.test(message)) {
    return new StoreUnavailable(`${location}: no connection was free or could be made in time.`, {
      cause: error,
    })
  }
  if (!isSystem(error) && !LOST.test(message)) return error
  return new StoreUnavailable(`${location} cannot be reached: ${code || message}.`, { cause: error })
}

function isTls(error: unknown): boolean {
  return TLS.test(codeOf(error)) || /SSL connection/.test((error as Error).message)
}
