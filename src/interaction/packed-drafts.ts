import type { Draft } from './serialise.ts'

/**
 * Drafts with their documents as UTF-8, one after the other in one buffer: a byte a character where a string may take
 * two, outside the heap, and to be handed to another thread. As strings they would be copied into a message, out of it,
 * and then into bytes, and lie in the heaps of both threads for their collectors to find.
 */
export interface PackedDrafts {
  drafts: Omit<Draft, 'json'>[]
  /** Where the document of each ends. */
  ends: number[]
  bytes: Uint8Array<ArrayBuffer>
}

export function packDrafts(drafts: Draft[]): PackedDrafts {
  const bytes = Buffer.allocUnsafeSlow(drafts.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0))
  let end = 0
  const ends = drafts.map(({ json }) => {
    end += bytes.write(json, end)
    return end
  })
  return { drafts: drafts.map(({ json: _, ...rest }) => rest), ends, bytes }
}

/** The document of the draft at this index: a view. */
export function documentAt({ ends, bytes }: PackedDrafts, index: number): Buffer {
  const from = ends[index - 1] ?? 0
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, (ends[index] ?? from) - from)
}

export function unpackDrafts(packed: PackedDrafts): Draft[] {
  return packed.drafts.map((draft, index) => ({ ...draft, json: documentAt(packed, index).toString() }))
}
