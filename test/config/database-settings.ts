import type { Config, Environment } from '../../src/config.ts'
import type { SettingName } from '../../src/settings.ts'

/** One setting: what it is by default, two good values with what each is read as, and bad ones. */
export interface Row {
  read: (config: Config) => unknown
  byDefault: unknown
  good: [[text: string, value: unknown], [text: string, value: unknown]]
  bad: string[]
  /** What else must be set for this one to count. */
  beside?: Environment
}

/** Two numbers as they are written, and as they are read. */
export const numbers = (one: number, other: number, unit = 1): Row['good'] => [
  [String(one), one * unit],
  [String(other), other * unit],
]

type DatabaseSetting = Exclude<Extract<SettingName, `database${string}`>, 'database'> | 'passwordFile'

/** The settings of a PostgreSQL server, for the table in config.test.ts. */
export const DATABASE_SETTINGS: Record<DatabaseSetting, Row> = {
  databaseRead: {
    read: ({ databaseOptions }) => databaseOptions.readUrl,
    byDefault: undefined,
    good: [
      ['postgres://ann@replica/calls', 'postgres://ann@replica/calls'],
      ['postgresql://replica', 'postgresql://replica'],
    ],
    bad: ['', 'replica', 'sqlite:data/parlance.db', 'postgres://'],
    beside: { PARLANCE_DATABASE: 'postgres://ann@primary/calls' },
  },
  passwordFile: {
    read: ({ databaseOptions }) => databaseOptions.passwordFile,
    byDefault: undefined,
    good: [
      ['/key', '/key'],
      ['/other', '/other'],
    ],
    bad: ['', '/missing'],
  },
  databasePool: {
    read: ({ databaseOptions }) => databaseOptions.poolSize,
    byDefault: 10,
    good: numbers(1, 1000),
    bad: ['', '0', '1001', 'many'],
  },
  databaseTimeout: {
    read: ({ databaseOptions }) => databaseOptions.statementTimeout,
    byDefault: 30_000,
    good: numbers(1, 3600, 1000),
    bad: ['', '0', '3601', '30s'],
  },
  databaseLockTimeout: {
    read: ({ databaseOptions }) => databaseOptions.lockTimeout,
    byDefault: 10_000,
    good: numbers(1, 3600, 1000),
    bad: ['', '0', '3601', '1.5'],
  },
  databasePrepared: {
    read: ({ databaseOptions }) => databaseOptions.preparedStatements,
    byDefault: 'auto',
    good: [
      ['on', 'on'],
      ['off', 'off'],
    ],
    bad: ['', 'yes', 'ON'],
  },
}
