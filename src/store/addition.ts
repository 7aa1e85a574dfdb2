import type { MergeReason } from '../interaction/merge-patches.ts'
import type { Patch } from '../interaction/patch.ts'
import type { Problem } from '../interaction/problems.ts'
import type { Draft } from '../interaction/serialise.ts'
import type { TranscriptState } from '../interaction/transcript.ts'
import type { Precondition } from './store.ts'

/** Messages for one interaction, open or ended. */
export interface Addition {
  id: string
  /** May be none, where only the state of the transcript is told. */
  patches: Patch[]
  keepUnknownValues: boolean
  /** How to open the interaction where nobody has announced it: an open draft without messages. */
  opening?: Draft
  transcript?: TranscriptState
  precondition?: Precondition
  /** Milliseconds since 1970: when an open interaction was last heard of. Now, where absent. */
  now?: number
}

/**
 * - `unknown`: nobody has announced the interaction, and the addition does not say how to open it
 * - `erased`: the interaction, or its customer, has been erased
 * - the others as for a write, and as merge-patches.ts tells them, with what is wrong with which field
 */
export type AdditionResult =
  | { outcome: 'created' | 'updated' | 'unchanged'; revision: number }
  | {
      outcome: 'rejected'
      reason: 'unknown' | 'erased' | 'precondition' | 'too_large' | MergeReason
      problems: Problem[]
    }
