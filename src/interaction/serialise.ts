import { parseInstant } from './instant.ts'
import { MAX_DOCUMENT_BYTES } from './limits.ts'
import { mergeRepeated } from './merge.ts'
import type { Interaction } from './message.ts'
import { orderMessages } from './order.ts'

/**
 * A document on its way into a store: validated, merged, ordered and serialised.
 * `json` is what a read will send; the rest is what a store looks it up by.
 */
export interface Draft {
  id: string
  customerId: string
  /** Microseconds since 1970. */
  startedAt: number
  /** Microseconds since 1970; absent while the interaction is open. */
  endedAt?: number
  /** The sender left `messages` out: those already stored stay. */
  keepsMessages: boolean
  json: string
}

/**
 * Makes the draft of an interaction whose parts are valid: merges repeated messages, orders them and
 * serialises the whole. Undefined where the document would be larger than MAX_DOCUMENT_BYTES.
 */
export function serialise(interaction: Interaction, keepsMessages = false): Draft | undefined {
  const startedAt = parseInstant(interaction.started_at) as number
  interaction.messages = orderMessages(mergeRepeated(interaction.messages), startedAt)
  const json = JSON.stringify(interaction)
  if (Buffer.byteLength(json) > MAX_DOCUMENT_BYTES) return undefined
  const draft: Draft = {
    id: interaction.id,
    customerId: interaction.customer_id,
    startedAt,
    keepsMessages,
    json,
  }
  if (interaction.ended_at !== undefined) draft.endedAt = parseInstant(interaction.ended_at)
  return draft
}
