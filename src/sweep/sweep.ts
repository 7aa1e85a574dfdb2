import { randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { choresOn, isWanted } from './chores.ts'
import { Claim } from './claim.ts'
import type { Clock } from './clock.ts'
import { Purger } from './purger.ts'
import { CHORES, type Report } from './report.ts'

/** Milliseconds between two looks at all accounts. */
export const ROUND = 60_000

export interface SweepOptions {
  store: Store
  clock: Clock
  report: Report
  /** Minutes after midnight UTC at which files are purged; undefined: never. */
  purgeAt: number | undefined
}

/** What goes on in the background: erasures that are not done, idle interactions, retention, the purge of the files. */
export interface Sweep {
  /** Looks at all accounts now and every minute: what another process has left is gone on with. */
  begin(): void
  /** Goes on with the account's erasures: one was requested in this process. */
  wake(accountId: string): void
  /** Resolves when there is nothing left to do until the next round. */
  idle(): Promise<void>
  /** Resolves when the bites that run are done; afterwards the store may be closed. */
  stop(): Promise<void>
}

/** Does nothing until it is woken, or told to begin. */
export function createSweep({ store, clock, report, purgeAt }: SweepOptions): Sweep {
  const stopping = new AbortController()
  const { signal } = stopping
  const holder = randomUUID()
  const now = () => clock.now()
  const chores = choresOn(store, now, (name) => ({
    claim: new Claim(store, { work: name, holder, now }),
    clock,
    report,
    signal,
  }))
  const purger = new Purger({ store, purgeAt, holder, clock, report })

  let looking: Promise<void> | undefined
  async function look(isFirst: boolean): Promise<void> {
    try {
      for (const { accountId, ...settings } of await store.listAccounts()) {
        for (const name of CHORES)
          if (isWanted(name, settings)) chores[name].look(accountId, settings, isFirst)
      }
      purger.look()
    } catch (error) {
      report.failed('sweep', undefined, error as Error)
    }
  }

  async function goOn(): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      looking = look(isFirst)
      await looking
      await clock.sleep(ROUND, signal)
    }
  }

  let going: Promise<void> | undefined
  const idle = async () => {
    await looking
    await Promise.all([...CHORES.map((name) => chores[name].done()), purger.done()])
  }
  return {
    begin() {
      going ??= goOn()
    },
    wake: (accountId) => {
      if (!signal.aborted) chores.erase.look(accountId, {}, true)
    },
    idle,
    async stop() {
      stopping.abort()
      await Promise.all([going, idle()])
    },
  }
}
