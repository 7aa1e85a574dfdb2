/** How far the transcript of an interaction is, as its source has told: whether a reader should wait for more. */
export const TRANSCRIPT_STATES = ['pending', 'complete', 'failed'] as const

export type TranscriptState = (typeof TRANSCRIPT_STATES)[number]

export function isTranscriptState(text: string): text is TranscriptState {
  return (TRANSCRIPT_STATES as readonly string[]).includes(text)
}
