import type { DatabaseOptions } from '../../config.ts'

const SECOND = 1000

/** As src/settings.ts has them, for whoever opens a store without a configuration. */
export const DEFAULTS: DatabaseOptions = {
  poolSize: 10,
  statementTimeout: 30 * SECOND,
  lockTimeout: 10 * SECOND,
  passwordFile: undefined,
  readUrl: undefined,
  preparedStatements: 'auto',
}
