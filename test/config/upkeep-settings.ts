import type { SettingName } from '../../src/settings.ts'
import type { Row } from './database-settings.ts'

/** The settings of what a server does beside its requests, for the table in config.test.ts. */
export const UPKEEP_SETTINGS: Record<Extract<SettingName, 'audit' | 'purgeAt'>, Row> = {
  audit: {
    read: ({ audit }) => audit,
    byDefault: undefined,
    good: [
      ['stdout', 'stdout'],
      ['/var/log/parlance/audit.log', '/var/log/parlance/audit.log'],
    ],
    bad: [''],
  },
  purgeAt: {
    read: ({ purgeAt }) => purgeAt,
    byDefault: 180,
    good: [
      ['00:00', 0],
      ['23:59', 1439],
    ],
    bad: ['', '3:00', '24:00', '12:60', '0300', '03:00:00'],
  },
}
