import { type Limiter, MAX_CLIENTS, RATE_WINDOW, type Standing } from '../http/limiter.ts'
import { Recent } from '../http/recent.ts'
import type { Claim, Grant, Wish } from './limits.ts'

type Done = (standing: Standing) => void

/** What this worker may let through for one client without asking. */
interface Lease {
  permits: number
  /** What the primary had left when it last granted something. */
  remaining: number
  /** Whether, once the permits are used, the rest of the window is refused. */
  spent: boolean
  window: number
  endsAt: number
  /** Requests that were let through in this window. */
  used: number
  waiting: Done[]
  asking: boolean
}

export interface LeasesOptions {
  limit: number
  /** Asks the primary. A rejection: it does not answer, and what waits is let through. */
  ask(wish: Wish): Promise<Grant>
  /** Milliseconds on a clock that does not jump. */
  clock(): number
}

/** The worker's side of the rate limit: permits that the primary has granted, and who waits for more. */
export class Leases implements Limiter {
  readonly #options: LeasesOptions
  readonly #leases = new Recent<Lease>(MAX_CLIENTS)

  constructor(options: LeasesOptions) {
    this.#options = options
  }

  take(client: string, done: Done): void {
    const lease = this.#leases.use(client, newLease)
    const over = this.#options.clock() >= lease.endsAt
    if (lease.asking) lease.waiting.push(done)
    else if (!over && lease.permits > 0) this.#permit(lease, done)
    else if (!over && lease.spent) this.#refuse(lease, done)
    else {
      lease.waiting.push(done)
      if (over) lease.used = 0
      void this.#ask(client, lease)
    }
  }

  /** Gives up what is left of this window's permits; gives how many these were. */
  giveBack({ client, window }: Claim): number {
    const lease = this.#leases.get(client)
    if (lease === undefined || lease.window !== window) return 0
    const { permits } = lease
    lease.permits = 0
    return permits
  }

  /** Asks until nobody waits any more. What a grant was asked for may use it even if its window has just ended. */
  async #ask(client: string, lease: Lease): Promise<void> {
    const { ask, clock } = this.#options
    lease.asking = true
    while (lease.waiting.length > 0) {
      const askedAt = clock()
      try {
        const wanted = lease.waiting.length + lease.used
        const { endsIn, ...grant } = await ask({ client, wanted })
        // Counted from the question: rather too early than in the primary's next window.
        Object.assign(lease, { ...grant, endsAt: askedAt + endsIn })
        this.#handOut(lease)
      } catch {
        this.#letThrough(lease)
      }
    }
    lease.asking = false
  }

  #handOut(lease: Lease): void {
    const refused = lease.permits === 0
    while (lease.permits > 0 && lease.waiting.length > 0) this.#permit(lease, lease.waiting.shift() as Done)
    if (refused || lease.spent) for (const done of lease.waiting.splice(0)) this.#refuse(lease, done)
  }

  #permit(lease: Lease, done: Done): void {
    lease.permits -= 1
    lease.used += 1
    done({ current: this.#options.limit - lease.remaining - lease.permits, ttl: this.#ttl(lease) })
  }

  #refuse(lease: Lease, done: Done): void {
    done({ current: this.#options.limit + 1, ttl: this.#ttl(lease) })
  }

  #letThrough(lease: Lease): void {
    Object.assign(lease, newLease(), { waiting: lease.waiting, asking: true })
    for (const done of lease.waiting.splice(0)) done({ current: 1, ttl: RATE_WINDOW })
  }

  #ttl({ endsAt }: Lease): number {
    return Math.max(0, Math.round(endsAt - this.#options.clock()))
  }
}

function newLease(): Lease {
  return {
    permits: 0,
    remaining: 0,
    spent: false,
    window: 0,
    endsAt: Number.NEGATIVE_INFINITY,
    used: 0,
    waiting: [],
    asking: false,
  }
}
