import type { Change } from '../interaction/change.ts'

export interface ChangesQuery {
  /** A revision. */
  after: number
  limit: number
  /** Stop before the documents' plain bytes pass this, but give at least one change. */
  maxBytes: number
}

export interface Changes {
  changes: Change[]
  /** Whether others follow. */
  more: boolean
  /**
   * The revision up to which these are all: where to go on. It may lie behind the last of them, and behind the one asked for where
   * there are none, for an erasure takes a revision of which nothing is told. Who goes on at the last change would find at once that
   * the account has changed, again and again.
   */
  reached: number
  /** Gives the memory of the documents back; they may not be looked at afterwards. Only ever saves time. */
  free(): void
}
