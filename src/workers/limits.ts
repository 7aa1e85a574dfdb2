import { MAX_CLIENTS, RATE_WINDOW } from '../http/limiter.ts'
import { Recent } from './recent.ts'

/** What a worker asks for when it has no permits for a client left. */
export interface Wish {
  client: string
  /** How many it has use for: requests that wait, and as many as it has let through in this window. */
  wanted: number
}

export interface Grant {
  /** How many requests the worker may let through until the window ends. */
  permits: number
  /** How many the primary can still give in this window, to any worker. */
  remaining: number
  /** Milliseconds until the window ends. */
  endsIn: number
}

interface Window {
  startedAt: number
  granted: number
}

/**
 * The requests of each client in its window of one second, over all workers: what is granted counts as used, so that
 * never more than the limit gets through. No grant is larger than what the worker has shown to need, nor, once one
 * permit is out, than its fair half of what is left: what one worker keeps and does not use is refused to a client
 * that goes to another.
 */
export class Limits {
  readonly #limit: number
  readonly #workers: number
  readonly #windows = new Recent<Window>(MAX_CLIENTS)

  constructor({ limit, workers }: { limit: number; workers: number }) {
    this.#limit = limit
    this.#workers = workers
  }

  /** `now` is milliseconds on any clock that does not jump. */
  lease({ client, wanted }: Wish, now: number): Grant {
    const window = this.#windows.use(client, () => ({ startedAt: now, granted: 0 }))
    if (now - window.startedAt >= RATE_WINDOW) {
      window.startedAt = now
      window.granted = 0
    }
    const left = this.#limit - window.granted
    const share = Math.max(1, Math.min(wanted, Math.floor(left / (2 * this.#workers))))
    const permits = Math.min(left, share)
    window.granted += permits
    return { permits, remaining: left - permits, endsIn: window.startedAt + RATE_WINDOW - now }
  }
}
