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
  /** Gives the memory of the documents back; they may not be looked at afterwards. Only ever saves time. */
  free(): void
}
