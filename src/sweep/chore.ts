import type { Bite } from '../store/erasure.ts'
import type { AccountSettings } from '../store/store.ts'
import type { Claim } from './claim.ts'
import type { Clock } from './clock.ts'
import type { ChoreName, Report } from './report.ts'

/** Interactions of one bite. It is one transaction, for which writers wait some hundredths of a second. */
export const BITE = 100
/** Milliseconds until an account that must not wait for the next round is tried again, while another process has the work. */
export const RETRY = 5000
/** Bites of one account in a row, after which the others have their turn. */
const BITES_IN_A_ROW = 20

export interface ChoreOptions {
  name: ChoreName
  /** Does a little of it for an account; undefined where the account does not want it. */
  bite(accountId: string, settings: AccountSettings): Promise<Bite | undefined>
  claim: Claim
  clock: Clock
  report: Report
  signal: AbortSignal
}

interface Turn {
  settings: AccountSettings
  /** Interactions so far. */
  count: number
  /** Milliseconds since 1970. */
  since: number
  /** Whether it stays while another process has the work: that one may not come to it before its next round. */
  stays: boolean
}

/**
 * One kind of work that comes again and again, account by account, in small bites. After each bite it waits as long as that
 * took, so that it never has more than half of the store. While another process has it, it is left to that one.
 */
export class Chore {
  readonly #options: ChoreOptions
  readonly #waiting = new Map<string, Turn>()
  #running: Promise<void> | undefined

  constructor(options: ChoreOptions) {
    this.#options = options
  }

  /**
   * Looks after an account, once more where it is just being looked after. While another process has the work it is forgotten, or
   * `stays` and is tried again.
   */
  look(accountId: string, settings: AccountSettings, stays = false): void {
    const before = this.#waiting.get(accountId)
    const { count, since } = before ?? { count: 0, since: this.#options.clock.now() }
    this.#waiting.set(accountId, { settings, count, since, stays: stays || before?.stays === true })
    this.#running ??= this.#run()
  }

  /** Resolves when there is nothing left to do; after the signal, when the bite that runs is done. */
  async done(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    const { claim, report, name, signal } = this.#options
    // What is looked after together is claimed once.
    await undefined
    try {
      while (this.#waiting.size > 0 && !signal.aborted) {
        if (await claim.hold()) await this.#round()
        else await this.#leave()
      }
    } catch (error) {
      report.failed(name, undefined, error as Error)
    }
    this.#waiting.clear()
    try {
      await claim.giveBack()
    } catch (error) {
      report.failed(name, undefined, error as Error)
    }
    this.#running = undefined
    // Somebody may have come while it was given back.
    if (this.#waiting.size > 0 && !signal.aborted) this.#running = this.#run()
  }

  /** Another process has the work. */
  async #leave(): Promise<void> {
    const { clock, signal } = this.#options
    for (const [accountId, { stays }] of this.#waiting) if (!stays) this.#waiting.delete(accountId)
    if (this.#waiting.size > 0) await clock.sleep(RETRY, signal)
  }

  /** A turn for each account; those that are not done have another in the next round. */
  async #round(): Promise<void> {
    const { claim, report, name, signal } = this.#options
    for (const [accountId, turn] of [...this.#waiting]) {
      if (signal.aborted || !(await claim.hold())) return
      // Who comes back in the midst of it is looked after again.
      this.#waiting.delete(accountId)
      try {
        const more = await this.#turn(accountId, turn)
        const again = this.#waiting.get(accountId)
        if (more) this.#waiting.set(accountId, { ...turn, settings: again?.settings ?? turn.settings })
        if (!more || signal.aborted) this.#tell(accountId, turn)
      } catch (error) {
        this.#tell(accountId, turn)
        report.failed(name, accountId, error as Error)
      }
    }
  }

  /** Some bites in a row; gives whether there is more to do. */
  async #turn(accountId: string, turn: Turn): Promise<boolean> {
    const { bite, claim, clock, report, name, signal } = this.#options
    for (let bites = 0; bites < BITES_IN_A_ROW; bites += 1) {
      const begun = clock.now()
      const done = await bite(accountId, turn.settings)
      if (done === undefined) return false
      turn.count += done.count
      report.bitten(name, accountId, done)
      if (!done.more) return false
      await clock.sleep(clock.now() - begun, signal)
      if (signal.aborted || !(await claim.hold())) return true
    }
    return true
  }

  #tell(accountId: string, { count, since }: Turn): void {
    const { report, clock, name } = this.#options
    if (count > 0) report.finished(name, accountId, count, clock.now() - since)
  }
}
