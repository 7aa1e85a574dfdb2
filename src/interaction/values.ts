/** The closed lists of contract A1. A write with another value is rejected, unless it asks to keep it. */

export const DIRECTIONS = ['IN', 'OUT', 'INTERNAL'] as const
export const PARTICIPANTS = ['CONTACT', 'USER', 'BOT'] as const
export const SENTIMENTS = ['POSITIVE', 'NEUTRAL', 'NEGATIVE', 'MIXED'] as const
export const TRANSCRIPTION_TYPES = ['POST_CALL', 'REAL_TIME'] as const
export const SOURCE_SYSTEMS = ['STT', 'DCE', 'VA'] as const
export const CHANNELS = ['VOICE', 'CHAT', 'SMS', 'DIGITAL_CONNECT', 'WEBCHAT'] as const

/** Which channels each source system may carry. A map, since one that is kept as it came may be named anything. */
export const CHANNELS_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['STT', ['VOICE']],
  ['DCE', ['CHAT', 'SMS', 'DIGITAL_CONNECT']],
  ['VA', ['VOICE', 'WEBCHAT', 'SMS', 'DIGITAL_CONNECT']],
])

/** Message properties that only speech to text gives. */
export const STT_ONLY = ['start_time', 'end_time', 'recording_index'] as const
