import { MAX_CLIENTS, RATE_WINDOW } from '../http/limiter.ts'
import { Recent } from '../http/recent.ts'

/** What a worker asks for when it has no permits for a client left. */
export interface Wish {
  client: string
  /** How many it has use for: requests that wait, and as many as it has let through in this window. */
  wanted: number
}

export interface Grant {
  /** How many requests the worker may let through until the window ends. */
  permits: number
  /** How many the primary itself has left for this window. */
  remaining: number
  /** Nothing is left, here or with another worker: beyond its permits the worker need not ask again. */
  spent: boolean
  /** Milliseconds until the window ends. */
  endsIn: number
  /** Which window of this client it is. */
  window: number
}

/** Which permits a worker is asked to give back. */
export interface Claim {
  client: string
  window: number
}

/** A worker that may hold permits. */
export interface Holder {
  /** Takes back those that it has not used; gives how many these were. */
  giveBack(claim: Claim): Promise<number>
}

interface Window {
  id: number
  startedAt: number
  granted: number
  /** Who may have permits left: whoever got more than one at once. */
  holders: Set<Holder>
}

/**
 * The requests of each client in its window of one second, over all workers: what is granted counts as used, so that
 * never more than the limit gets through. No grant is larger than what the worker has shown to need, nor than half of
 * what is left. When nothing is left, what others hold unused is taken back first, so that nobody is refused below the
 * limit.
 */
export class Limits {
  readonly #limit: number
  readonly #clock: () => number
  readonly #clients = new Recent<{ window: Window }>(MAX_CLIENTS)
  #lastId = 0

  /** `clock` gives milliseconds, and does not jump. */
  constructor({ limit, clock }: { limit: number; clock: () => number }) {
    this.#limit = limit
    this.#clock = clock
  }

  async lease({ client, wanted }: Wish, asker: Holder): Promise<Grant> {
    const before = this.#windowOf(client)
    // It asks only when it has none.
    before.holders.delete(asker)
    if (before.granted === this.#limit && before.holders.size > 0) await takeBack(client, before)
    return this.#grant(this.#windowOf(client), wanted, asker)
  }

  #grant(window: Window, wanted: number, asker: Holder): Grant {
    const left = this.#limit - window.granted
    const share = Math.max(1, Math.min(wanted, Math.floor(left / 2)))
    const permits = Math.min(left, share)
    const remaining = left - permits
    const spent = remaining === 0 && window.holders.size === 0
    window.granted += permits
    // A single permit is for a request that waits.
    if (permits > 1) window.holders.add(asker)
    return {
      permits,
      remaining,
      spent,
      endsIn: window.startedAt + RATE_WINDOW - this.#clock(),
      window: window.id,
    }
  }

  #windowOf(client: string): Window {
    const entry = this.#clients.use(client, () => ({ window: this.#newWindow() }))
    if (this.#clock() - entry.window.startedAt >= RATE_WINDOW) entry.window = this.#newWindow()
    return entry.window
  }

  #newWindow(): Window {
    this.#lastId += 1
    return { id: this.#lastId, startedAt: this.#clock(), granted: 0, holders: new Set() }
  }
}

async function takeBack(client: string, window: Window): Promise<void> {
  const holders = [...window.holders]
  window.holders.clear()
  // From one that does not answer nothing comes back: it may have used them.
  const asked = holders.map((holder) => holder.giveBack({ client, window: window.id }).catch(() => 0))
  for (const count of await Promise.all(asked)) window.granted -= count
}
