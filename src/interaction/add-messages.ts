import { TOO_LARGE } from './gather-patches.ts'
import { parseLossless } from './lossless.ts'
import { type ArrivedMessage, type MergeReason, mergePatches } from './merge-patches.ts'
import type { Interaction, Message } from './message.ts'
import type { Patch } from './patch.ts'
import type { Problem } from './problems.ts'
import { serialise } from './serialise.ts'

export type AddedMessages =
  | { ok: true; json: string }
  | { ok: false; reason: MergeReason | 'too_large'; problems: Problem[] }

/** Adds messages to a whole document, or merges them into those that it has. The same document where nothing changes. */
export function addMessages(json: string, patches: Patch[], keepUnknownValues: boolean): AddedMessages {
  const interaction = parseLossless(json) as Interaction
  const { messages } = interaction
  const byId = Map.groupBy(messages.entries(), ([, { message_id }]) => message_id)
  const stored = (messageId: string) => (byId.get(messageId) ?? []).map(arrivedOf)
  const merged = mergePatches(patches, messages.length, stored, keepUnknownValues)
  if (!merged.ok) return merged
  if (merged.changed.length === 0) return { ok: true, json }
  for (const { position, json: message } of merged.changed) {
    messages[position] = parseLossless(message) as Message
  }
  const changed = serialise(interaction)?.json
  if (changed !== undefined) return { ok: true, json: changed }
  return { ok: false, reason: 'too_large', problems: [TOO_LARGE] }
}

function arrivedOf([position, message]: [number, Message]): ArrivedMessage {
  return { position, messageId: message.message_id, json: JSON.stringify(message) }
}
