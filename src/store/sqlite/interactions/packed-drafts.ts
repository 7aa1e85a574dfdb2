import type { Draft } from '../../../interaction/serialise.ts'

/**
 * Drafts on their way to the writer thread: their documents as UTF-8, one after the other in one buffer, which changes
 * hands. As strings they would be copied into a message, out of it, and then into bytes, and lie in the heaps of both
 * threads for their collectors to find.
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
