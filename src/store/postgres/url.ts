import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { ConnectionOptions } from 'node:tls'
import { StoreUnusable } from '../errors.ts'

/** Where a database is, as its URL says. */
export interface Address {
  /** A name, an address, or the folder of a Unix socket. */
  host: string
  port: number
  user: string
  password: string | undefined
  database: string
  ssl: ConnectionOptions | false
}

const PARAMETERS = new Set(['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'])

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with `host=/FOLDER` for a Unix socket and the TLS options of
 * PostgreSQL's own clients. Throws StoreUnusable, which never repeats the password.
 */
export function readAddress(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^postgres(ql)?:\/\//.test(text)) {
    throw new StoreUnusable('The database URL is not of the form postgres://USER@HOST:PORT/DATABASE.')
  }
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name))
  if (unknown !== undefined) {
    throw new StoreUnusable(
      `The database URL has a parameter ${unknown}; it may have ${[...PARAMETERS].join(', ')}.`,
    )
  }
  const user = decoded(url.username) || userInfo().username
  const host =
    url.searchParams.get('host') ?? (decoded(url.hostname).replace(/^\[(.*)\]$/, '$1') || 'localhost')
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: url.password === '' ? undefined : decoded(url.password),
    database: decoded(url.pathname.slice(1)) || user,
    ssl: tlsOf(url.searchParams, host),
  }
}

/** The address without what is secret. */
export function locationOf({ host, port, database }: Address): string {
  if (host.startsWith('/')) return `postgres:///${database}?host=${host}`
  return `postgres://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new StoreUnusable(
      'The database URL holds a % that begins no two hexadecimal digits: write it as %25.',
    )
  }
}

/**
 * As PostgreSQL's own clients read them, but that without `sslmode` there is no TLS, and that `allow` and `prefer`, which
 * protect from nothing, are refused.
 */
function tlsOf(parameters: URLSearchParams, host: string): ConnectionOptions | false {
  const mode = parameters.get('sslmode') ?? 'disable'
  if (!['disable', 'require', 'verify-ca', 'verify-full'].includes(mode)) {
    throw new StoreUnusable(
      'sslmode in the database URL is none of disable, require, verify-ca and verify-full.',
    )
  }
  if (mode === 'disable' || host.startsWith('/')) return false
  const root = parameters.get('sslrootcert')
  const options: ConnectionOptions = {
    ca: root === null || root === 'system' ? undefined : fileOf(root),
    cert: fileOf(parameters.get('sslcert')),
    key: fileOf(parameters.get('sslkey')),
  }
  if (mode === 'verify-full') return options
  if (mode === 'require' && root === null) return { ...options, rejectUnauthorized: false }
  return { ...options, checkServerIdentity: () => undefined }
}

function fileOf(path: string | null): string | undefined {
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new StoreUnusable(`Cannot read ${path}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}
