import { parseLossless } from './lossless.ts'
import type { Interaction } from './message.ts'
import { serialise } from './serialise.ts'

/**
 * Gives a draft that came without messages those of the stored document. Undefined where the whole would be
 * larger than a document may be. Both are documents of ours, so they need no validation.
 */
export function keepMessages(draftJson: string, storedJson: string): string | undefined {
  const draft = parseLossless(draftJson) as Interaction
  const stored = parseLossless(storedJson) as Interaction
  draft.messages = stored.messages
  return serialise(draft)?.json
}
