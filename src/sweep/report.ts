import type { Bite } from '../store/erasure.ts'

/** What goes on in the background, account by account: erasures, the end of idle interactions, retention. */
export const CHORES = ['erase', 'idle', 'retention'] as const
export type ChoreName = (typeof CHORES)[number]

/** Whom background work tells what it does. */
export interface Report {
  /** A bite was done; `bite.count` may be 0. */
  bitten(work: ChoreName, accountId: string, bite: Bite): void
  /** An account is done with, or the process stops; so many interactions in all. */
  finished(work: ChoreName, accountId: string, interactions: number, milliseconds: number): void
  /** Tried again in the next round. */
  failed(work: ChoreName | 'purge' | 'sweep', accountId: string | undefined, error: Error): void
  /** The files were written anew; in milliseconds. */
  purged(milliseconds: number): void
  /** When the last scheduled purge began, whichever process did it; milliseconds since 1970. */
  lastPurged(at: number): void
}
