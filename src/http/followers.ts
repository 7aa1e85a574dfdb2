import type { Principal } from '../auth/verify.ts'
import { ApiError } from './errors.ts'

/** Streams of changes that one client may have open at once. */
export const MAX_FOLLOWERS = 16

/** Counts the streams of each client, so that none takes the room of all others. */
export class Followers {
  readonly #open = new Map<string, number>()

  /** Counts one more stream, until what it gives is called, once. ApiError `overloaded` where the client has too many. */
  enter({ accountId, clientId }: Pick<Principal, 'accountId' | 'clientId'>): () => void {
    const client = `${accountId} ${clientId}`
    const open = this.#open.get(client) ?? 0
    if (open >= MAX_FOLLOWERS) {
      const description = `the client has ${MAX_FOLLOWERS} streams of changes open`
      throw new ApiError('overloaded', { description })
    }
    this.#open.set(client, open + 1)
    return () => {
      const left = (this.#open.get(client) ?? 0) - 1
      if (left > 0) this.#open.set(client, left)
      else this.#open.delete(client)
    }
  }
}
