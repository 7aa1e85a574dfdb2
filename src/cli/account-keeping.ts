import type { Command } from 'commander'
import type { AccountSettings } from '../store/store.ts'
import { DEFAULT_IDLE_SECONDS } from '../sweep/chores.ts'
import { CommandError } from './command.ts'

/** The options that say how long an account keeps conversations. */
export interface KeepingOptions {
  retentionDays?: string
  idleAfter?: string
}

/** Days that an account may choose: a century at most. */
export const MAX_RETENTION_DAYS = 36_500
/** Seconds that an account may choose: a minute, since they are looked for as often, to a year. */
export const MIN_IDLE_SECONDS = 60
export const MAX_IDLE_SECONDS = 365 * 24 * 60 * 60

/** Keeps for good. */
const NONE = 'none'
/** Never ends by itself. */
const NEVER = 'never'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY }

export function withKeeping(command: Command): Command {
  return command
    .option('--retention-days <days>', `days after its end that an interaction is kept; ${NONE}: for good`)
    .option(
      '--idle-after <time>',
      `after how long without a word an open interaction ends: 30m, 24h, 7d; ${NEVER}`,
    )
}

/** What the options change; CommandError for what cannot be. `retentionDays: undefined` takes the limit away. */
export function keepingIn({ retentionDays, idleAfter }: KeepingOptions): AccountSettings {
  return {
    ...(retentionDays !== undefined && ({ retentionDays: daysIn(retentionDays) } as AccountSettings)),
    ...(idleAfter !== undefined && { idleSeconds: secondsIn(idleAfter) }),
  }
}

function daysIn(text: string): number | undefined {
  if (text === NONE) return undefined
  const days = Number(text)
  if (/^\d+$/.test(text) && days >= 1 && days <= MAX_RETENTION_DAYS) return days
  throw new CommandError(
    `--retention-days: "${text}" is neither ${NONE} nor a whole number from 1 to ${MAX_RETENTION_DAYS}.`,
    2,
  )
}

function secondsIn(text: string): number | null {
  if (text === NEVER) return null
  const [, count, unit = ''] = /^(\d{1,9})([mhd])$/.exec(text) ?? []
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN)
  if (seconds >= MIN_IDLE_SECONDS && seconds <= MAX_IDLE_SECONDS) return seconds
  throw new CommandError(
    `--idle-after: "${text}" is neither ${NEVER} nor a time from 1m to 365d, such as 30m, 24h or 7d.`,
    2,
  )
}

/** As `--json` gives it, with what holds where nothing was chosen; null: for good, never. */
export function keepingJson({ retentionDays, idleSeconds = DEFAULT_IDLE_SECONDS }: AccountSettings) {
  return { retention_days: retentionDays ?? null, idle_seconds: idleSeconds }
}

/** For people: what the changed settings mean from now on. */
export function keepingNotes(accountId: string, changed: AccountSettings): string[] {
  const notes: string[] = []
  if ('retentionDays' in changed) {
    const { retentionDays } = changed
    notes.push(
      retentionDays === undefined
        ? `What ${accountId} stores is kept for good.`
        : `What ${accountId} stores is erased for good ${plural(retentionDays, 'day')} after its end.`,
    )
  }
  if (changed.idleSeconds !== undefined) {
    notes.push(
      changed.idleSeconds === null
        ? `Open interactions of ${accountId} end only when they are ended.`
        : `Open interactions of ${accountId} end after ${timeText(changed.idleSeconds)} without a word.`,
    )
  }
  return notes
}

function timeText(seconds: number): string {
  if (seconds % DAY === 0) return plural(seconds / DAY, 'day')
  return seconds % HOUR === 0 ? plural(seconds / HOUR, 'hour') : plural(seconds / MINUTE, 'minute')
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
