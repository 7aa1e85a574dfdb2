import { MAX_DOCUMENT_BYTES } from './limits.ts'
import { type ArrivedMessage, type MergedPatches, mergePatches } from './merge-patches.ts'
import type { Patch } from './patch.ts'
import type { Problem } from './problems.ts'

/** The messages that an open interaction has gathered: how many, and the bytes of their JSON. */
export interface Gathered {
  count: number
  bytes: number
}

export const NOTHING_GATHERED: Gathered = { count: 0, bytes: 0 }

/** Bytes of the document that is put together of a head of so many bytes and what was gathered: with commas between. */
export function gatheredLength(headBytes: number, { count, bytes }: Gathered): number {
  return headBytes + bytes + Math.max(count - 1, 0)
}

/** What messages are, gathered. */
export function gatheredOf(messages: ArrivedMessage[]): Gathered {
  return { count: messages.length, bytes: bytesOf(messages) }
}

/** What is told where a document would become larger than it may be. */
export const TOO_LARGE: Problem = {
  name: '',
  description: `would be larger than ${MAX_DOCUMENT_BYTES} bytes`,
}

export type GatheredPatches =
  | { ok: true; changed: ArrivedMessage[]; gathered: Gathered }
  | Extract<MergedPatches, { ok: false }>

/** Merges patches into the messages of the same ids, as `mergePatches`, and counts what is gathered then. */
export function gatherPatches(
  patches: Patch[],
  { count, bytes }: Gathered,
  stored: (messageId: string) => ArrivedMessage[],
  keepUnknownValues: boolean,
): GatheredPatches {
  const before = new Map<number, number>()
  const noted = (messageId: string) => {
    const messages = stored(messageId)
    for (const { position, json } of messages) before.set(position, Buffer.byteLength(json))
    return messages
  }
  const merged = mergePatches(patches, count, noted, keepUnknownValues)
  if (!merged.ok) return merged
  const { changed } = merged
  const added = changed.filter(({ position }) => position >= count).length
  const gone = changed.reduce((sum, { position }) => sum + (before.get(position) ?? 0), 0)
  return { ok: true, changed, gathered: { count: count + added, bytes: bytes - gone + bytesOf(changed) } }
}

function bytesOf(messages: ArrivedMessage[]): number {
  return messages.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0)
}
