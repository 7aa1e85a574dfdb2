import type { Store } from '../store/store.ts'

/** Milliseconds between two looks at an account that somebody waits for: other processes may write to it, too. */
const INTERVAL = 250
/** With many accounts, looks are as many milliseconds apart for each of them. */
const APART = 2

interface Waiter {
  after: number
  wake(): void
}

/**
 * Tells those who wait when an account's revision has passed theirs: at once for what this process writes, and within a
 * quarter of a second for what others do. However many wait for an account, it is looked at once.
 */
export class Watch {
  readonly #getRevision: Store['getRevision']
  readonly #waiting = new Map<string, Set<Waiter>>()
  #timer: NodeJS.Timeout | undefined
  /** While it looks it has no timer, and sets the next one itself. */
  #looking = false
  #ended = false

  constructor({ getRevision }: Pick<Store, 'getRevision'>) {
    this.#getRevision = getRevision
  }

  /**
   * Resolves when the account has a revision behind `after`, when the time is over, when the signal comes, or when all
   * waiting has ended: whoever waits looks for itself what there is.
   */
  async changed(accountId: string, after: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#ended || signal.aborted || ((await this.#getRevision(accountId)) ?? 0) > after) return
    await new Promise<void>((resolve) => {
      const waiter = { after, wake: done }
      const timer = setTimeout(done, milliseconds)
      const leave = () => this.#leave(accountId, waiter)
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        leave()
        resolve()
      }
      signal.addEventListener('abort', done)
      this.#enter(accountId, waiter)
      // It may have come while the revision was looked up.
      if (this.#ended || signal.aborted) done()
    })
  }

  /** This process has written to the account, up to a revision. */
  written(accountId: string, revision: number): void {
    for (const waiter of this.#waiting.get(accountId) ?? []) if (revision > waiter.after) waiter.wake()
  }

  /** Whether the server stops. */
  get ended(): boolean {
    return this.#ended
  }

  /** Nobody waits any more, and nobody will. */
  end(): void {
    this.#ended = true
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.wake()
  }

  #enter(accountId: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(accountId) ?? new Set()
    this.#waiting.set(accountId, waiters.add(waiter))
    if (!this.#looking) this.#timer ??= setTimeout(() => void this.#look(), INTERVAL)
  }

  #leave(accountId: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(accountId)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiting.delete(accountId)
    if (this.#waiting.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    this.#looking = true
    this.#timer = undefined
    for (const accountId of [...this.#waiting.keys()]) {
      try {
        this.written(accountId, (await this.#getRevision(accountId)) ?? 0)
      } catch {
        // The store cannot be reached: whoever waits finds out when the time is over, or sees it come back.
      }
    }
    this.#looking = false
    const wait = Math.max(INTERVAL, this.#waiting.size * APART)
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => void this.#look(), wait)
  }
}

/** The store, which tells of what is written through it. */
export function watched(store: Store, watch: Watch): Store {
  return {
    ...store,
    async writeInteractions(accountId, drafts, options) {
      const results = await store.writeInteractions(accountId, drafts, options)
      const revisions = results.flatMap((result) => (result.outcome === 'rejected' ? [] : result.revision))
      watch.written(accountId, Math.max(0, ...revisions))
      return results
    },
    async addMessages(accountId, addition) {
      const result = await store.addMessages(accountId, addition)
      if (result.outcome !== 'rejected') watch.written(accountId, result.revision)
      return result
    },
    async erase(accountId, request) {
      const erased = await store.erase(accountId, request)
      watch.written(accountId, erased.revision)
      return erased
    },
  }
}
