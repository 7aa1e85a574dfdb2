import type { Store } from '../store/store.ts'

/**
 * Milliseconds for which a work is taken on: when a process is killed, another one goes on after these. Nothing goes wrong when
 * two do the same work at once, since each bite is a transaction; it is only done twice as often for nothing.
 */
export const CLAIM_TIME = 30_000

/** A work of the whole deployment, which one process does at a time. */
export class Claim {
  readonly #store: Pick<Store, 'claim'>
  readonly #work: string
  readonly #holder: string
  readonly #now: () => number
  readonly #time: number
  #until = 0

  /** `holder` is this process; `time`: for how long it is taken on. */
  constructor(
    store: Pick<Store, 'claim'>,
    { work, holder, now, time = CLAIM_TIME }: { work: string; holder: string; now(): number; time?: number },
  ) {
    this.#store = store
    this.#work = work
    this.#holder = holder
    this.#now = now
    this.#time = time
  }

  /** Takes it on, or holds on to it once a third of its time is over; false while somebody else has it. */
  async hold(): Promise<boolean> {
    const now = this.#now()
    if (this.#until - now > (this.#time * 2) / 3) return true
    const until = now + this.#time
    const held = await this.#store.claim(this.#work, this.#holder, now, until)
    this.#until = held ? until : 0
    return held
  }

  /** Others may take it on. */
  async giveBack(): Promise<void> {
    if (this.#until === 0) return
    this.#until = 0
    await this.#store.claim(this.#work, this.#holder, this.#now(), 0)
  }
}
