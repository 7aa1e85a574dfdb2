import type { Block } from './block.ts'
import type { TranscriptState } from './transcript.ts'

/** Why an interaction is no more: it was named, its customer or the account was, or its time was over. */
export type ErasureReason = 'interactions' | 'customer' | 'account' | 'retention'

/** The last change of an interaction: an `ended` one comes with its document, an `open` one without. */
export type Change = { revision: number; id: string } & (
  | { kind: 'ended'; document: Block; transcript?: TranscriptState | undefined }
  | { kind: 'open'; transcript?: TranscriptState | undefined }
  | { kind: 'erased'; reason: ErasureReason }
)
