/** How a store on PostgreSQL is used, besides its URL. Times are in milliseconds. */
export interface PostgresOptions {
  /** Connections at most, of this process. */
  poolSize: number
  /** After this a statement is given up (503). */
  statementTimeout: number
  /** After this a write that waits for another of its account is given up (503). */
  lockTimeout: number
  /** Holds the password, where the URL does not. Read for each connection, so that it may be changed. */
  passwordFile?: string
  /** Whether the server keeps statements. `auto`: where connections are the server's own, with no pooler between. */
  preparedStatements: 'auto' | 'on' | 'off'
}

const SECOND = 1000

export const POSTGRES_DEFAULTS: PostgresOptions = {
  poolSize: 10,
  statementTimeout: 30 * SECOND,
  lockTimeout: 10 * SECOND,
  preparedStatements: 'auto',
}
