import type { Store } from '../store/store.ts'
import { Claim } from './claim.ts'
import type { Clock } from './clock.ts'
import type { Report } from './report.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Milliseconds for which a purge is taken on: on the embedded store it cannot say in the midst of it that it goes on. */
export const PURGE_TIME = 60 * MINUTE

/** The setting of a store that holds when the last scheduled purge began, as an RFC 3339 date-time. */
export const LAST_PURGE = 'last_purge'

/**
 * Whether a purge is due: whether since the last one (milliseconds since 1970) the time of day has come, `purgeAt` minutes after
 * midnight UTC. One that lies in the future is none: the clock was wrong.
 */
export function purgeDue(purgeAt: number, last: number, now: number): boolean {
  const today = Math.floor(now / DAY) * DAY + purgeAt * MINUTE
  const latest = today <= now ? today : today - DAY
  return last < latest || last > now
}

export interface PurgerOptions {
  store: Pick<Store, 'purge' | 'claim' | 'getSetting' | 'setSetting'>
  /** Minutes after midnight UTC; undefined: never. */
  purgeAt: number | undefined
  holder: string
  clock: Clock
  report: Report
}

/** Purges the files once a day, or as soon as it can where it could not then. */
export class Purger {
  readonly #options: PurgerOptions
  readonly #claim: Claim
  #running: Promise<void> | undefined

  constructor(options: PurgerOptions) {
    this.#options = options
    const { store, holder, clock } = options
    const now = () => clock.now()
    this.#claim = new Claim(store, { work: 'purge', holder, now, time: PURGE_TIME })
  }

  /** Purges where it is due. */
  look(): void {
    const { purgeAt, report } = this.#options
    if (purgeAt === undefined) return
    this.#running ??= this.#run(purgeAt)
      .catch((error) => report.failed('purge', undefined, error))
      .finally(() => {
        this.#running = undefined
      })
  }

  async done(): Promise<void> {
    await this.#running
  }

  async #run(purgeAt: number): Promise<void> {
    if (!(await this.#due(purgeAt)) || !(await this.#claim.hold())) return
    try {
      // Another process may have done it before this one had the claim.
      if (await this.#due(purgeAt)) await this.#purge()
    } finally {
      await this.#claim.giveBack()
    }
  }

  async #due(purgeAt: number): Promise<boolean> {
    const { store, clock, report } = this.#options
    const now = clock.now()
    const last = await store.getSetting(LAST_PURGE)
    // A store that nobody has purged yet waits for its first night.
    if (last === undefined) {
      await this.#note(now)
      return false
    }
    report.lastPurged(Date.parse(last))
    return purgeDue(purgeAt, Date.parse(last), now)
  }

  async #purge(): Promise<void> {
    const { store, clock, report } = this.#options
    const begun = clock.now()
    const ended = new AbortController()
    const holding = this.#holdOn(ended.signal)
    try {
      if (await store.purge(begun)) report.purged(clock.now() - begun)
    } finally {
      ended.abort()
      await holding
    }
    await this.#note(begun)
  }

  /** A store that is a server lets others in meanwhile, who might begin anew after an hour. */
  async #holdOn(ended: AbortSignal): Promise<void> {
    const { clock, report } = this.#options
    for (;;) {
      await clock.sleep(PURGE_TIME / 2, ended)
      if (ended.aborted) return
      await this.#claim.hold().catch((error) => report.failed('purge', undefined, error))
    }
  }

  async #note(at: number): Promise<void> {
    const { store, report } = this.#options
    await store.setSetting(LAST_PURGE, new Date(at).toISOString())
    report.lastPurged(at)
  }
}
