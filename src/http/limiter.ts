import { Recent } from './recent.ts'

/** Milliseconds: the window in which a client's requests are counted. It begins with the first of them. */
export const RATE_WINDOW = 1000
/** Clients counted at once; beyond that the one seen longest ago starts anew. */
export const MAX_CLIENTS = 50_000

/** How a client stands in its window, this request included. */
export interface Standing {
  /** Requests so far; more than the limit: this one is refused. */
  current: number
  /** Milliseconds until the window ends. */
  ttl: number
}

/** Counts requests, of one process or of several together. */
export interface Limiter {
  /** Counts one request of a client, and tells how it stands: at once, or once another process has answered. */
  take(client: string, done: (standing: Standing) => void): void
}

/** Counts the requests of this process alone. `clock` gives milliseconds, and does not jump. */
export function ownLimiter(clock: () => number): Limiter {
  const windows = new Recent<{ startedAt: number; current: number }>(MAX_CLIENTS)
  return {
    take(client, done) {
      const now = clock()
      const window = windows.use(client, () => ({ startedAt: now, current: 0 }))
      if (now - window.startedAt >= RATE_WINDOW) Object.assign(window, { startedAt: now, current: 0 })
      window.current += 1
      done({ current: window.current, ttl: window.startedAt + RATE_WINDOW - now })
    },
  }
}
