import { type Limiter, MAX_CLIENTS, RATE_WINDOW, type Standing } from '../http/limiter.ts'
import type { Grant, Wish } from './limits.ts'
import { Recent } from './recent.ts'

type Done = (standing: Standing) => void

/** What this worker may let through for one client without asking. */
interface Lease {
  permits: number
  /** What the primary had left when it last granted something. 0: the rest of the window is refused. */
  remaining: number
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
    else if (!over && lease.remaining === 0) this.#refuse(lease, done)
    else {
      lease.waiting.push(done)
      if (over) lease.used = 0
      void this.#ask(client, lease)
    }
  }

  /** Asks until nobody waits any more. What a grant was asked for may use it even if its window has just ended. */
  async #ask(client: string, lease: Lease): Promise<void> {
    const { ask, clock } = this.#options
    lease.asking = true
    while (lease.waiting.length > 0) {
      const askedAt = clock()
      try {
        const { permits, remaining, endsIn } = await ask({
          client,
          wanted: lease.waiting.length + lease.used,
        })
        // Counted from the question: rather too early than in the primary's next window.
        Object.assign(lease, { permits, remaining, endsAt: askedAt + endsIn })
      } catch {
        this.#letThrough(lease)
      }
      while (lease.permits > 0 && lease.waiting.length > 0) this.#permit(lease, lease.waiting.shift() as Done)
      if (lease.remaining === 0) for (const done of lease.waiting.splice(0)) this.#refuse(lease, done)
    }
    lease.asking = false
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

/** `remaining` is anything but 0: nothing is known yet. */
function newLease(): Lease {
  return { permits: 0, remaining: 1, endsAt: Number.NEGATIVE_INFINITY, used: 0, waiting: [], asking: false }
}
