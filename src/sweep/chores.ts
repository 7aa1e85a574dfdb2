import type { AccountSettings, Store } from '../store/store.ts'
import { BITE, Chore, type ChoreOptions } from './chore.ts'
import type { ChoreName } from './report.ts'

/** Seconds without a word after which an open interaction is ended, where its account has not chosen otherwise: a day. */
export const DEFAULT_IDLE_SECONDS = 24 * 60 * 60

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND
const MICROSECONDS = 1000

type Swept = Pick<Store, 'eraseMore' | 'endIdle' | 'expire'>

/** The work that comes again and again; `common` gives what each kind of it works with. */
export function choresOn(
  store: Swept,
  now: () => number,
  common: (name: ChoreName) => Omit<ChoreOptions, 'name' | 'bite'>,
): Record<ChoreName, Chore> {
  const bites: Record<ChoreName, ChoreOptions['bite']> = {
    erase: (accountId) => store.eraseMore(accountId, BITE, now()),
    idle: async (accountId, settings) => {
      const before = idleBefore(settings, now())
      return before === undefined ? undefined : store.endIdle(accountId, { before, limit: BITE })
    },
    retention: async (accountId, settings) => {
      const endedBefore = keptFrom(settings, now())
      if (endedBefore === undefined) return undefined
      return store.expire(accountId, { endedBefore, limit: BITE, now: now() })
    },
  }
  const chore = (name: ChoreName) => new Chore({ name, bite: bites[name], ...common(name) })
  return { erase: chore('erase'), idle: chore('idle'), retention: chore('retention') }
}

/** Whether the account leaves a chore anything to do; whoever wants none costs not even a claim. */
export function isWanted(name: ChoreName, settings: AccountSettings): boolean {
  if (name === 'retention') return settings.retentionDays !== undefined
  return name === 'erase' || settings.idleSeconds !== null
}

/** Open interactions last heard of before this have ended; milliseconds since 1970. Undefined where none ever ends so. */
export function idleBefore(
  { idleSeconds = DEFAULT_IDLE_SECONDS }: AccountSettings,
  now: number,
): number | undefined {
  return idleSeconds === null ? undefined : now - idleSeconds * SECOND
}

/** Interactions that ended before this are not kept; microseconds since 1970. Undefined where they are kept for good. */
export function keptFrom({ retentionDays }: AccountSettings, now: number): number | undefined {
  return retentionDays === undefined ? undefined : (now - retentionDays * DAY) * MICROSECONDS
}
