import type { ErasureReason } from '../interaction/change.ts'

/**
 * Erasure hides at once, leaves tombstones, refuses what would bring back, and is followed by a purge of the files: see
 * docs/explanation/erasure.md.
 */

/** What is to be erased. */
export type ErasureTarget =
  | { kind: 'interactions'; ids: string[] }
  /** All that is stored of a customer now, and whatever comes later and has started before now. */
  | { kind: 'customer'; customerId: string }
  /** The same of the whole account. */
  | { kind: 'account' }

/** Interactions that are erased by one call: so many tombstones are written at once. */
export const MAX_ERASED_IDS = 1000

export interface ErasureRequest {
  erasureId: string
  target: ErasureTarget
  /** The client who asked for it; undefined for the operator. */
  clientId?: string
  /** Milliseconds since 1970. */
  now: number
}

/** What can be told of an erasure: neither whom it was about, nor what. Times are milliseconds since 1970. */
export interface Erasure {
  erasureId: string
  kind: ErasureTarget['kind']
  clientId?: string
  requestedAt: number
  /** Interactions that it has erased so far. */
  interactions: number
  /** When the last of them was; undefined while it goes on. Nobody has seen any of them since it was requested. */
  erasedAt?: number
  /** When nothing of them was left in the files. */
  purgedAt?: number
}

/** What came of a request. `unknown`: those of its ids that were not there, or were erased before. */
export interface Erased {
  erasure: Erasure
  unknown: string[]
  /** The account's revision afterwards. */
  revision: number
}

/** What is left of an erased interaction. */
export interface Tombstone {
  id: string
  revision: number
  /** Milliseconds since 1970. */
  erasedAt: number
  reason: ErasureReason
}

/** Interactions whose time is over. */
export interface Expiry {
  /** Those that ended before this; microseconds since 1970. */
  endedBefore: number
  /** How many are erased at once. */
  limit: number
  /** Milliseconds since 1970. */
  now: number
}

/** Open interactions of which nothing was heard for long. */
export interface Idleness {
  /** Those last heard of before this; milliseconds since 1970. */
  before: number
  /** How many are ended at once. */
  limit: number
}

/**
 * Bytes of documents and gathered messages after which a bite ends, whatever its limit: writers wait for it, and a hundred of the
 * largest documents take minutes to compress and seconds to delete. It does one in any case.
 */
export const MAX_BITE_BYTES = 4 * 1024 * 1024

/** What one bite of long work did: how many interactions, and the account's revision afterwards. */
export interface Bite {
  count: number
  revision: number
  /** Whether there is more to do. */
  more: boolean
}
