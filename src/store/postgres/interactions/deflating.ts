import { type Block, deflateBlock } from '../../../interaction/block.ts'
import { contentHash } from '../../../interaction/content-hash.ts'
import { keepMessages } from '../../../interaction/keep-messages.ts'
import { documentAt, type PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { plainDocument } from '../../../interaction/page.ts'

/** A document as it will be stored; without its block where that is stored already. */
export interface Prepared {
  hash: Uint8Array
  block?: Block
}

/** The same of many, their bytes in one piece, to be handed from thread to thread. */
export interface PackedDocuments {
  documents: { hashed: number; crc: number; length: number; deflated: number }[]
  bytes: Uint8Array
}

export interface PackedBytes {
  bytes: Uint8Array
}

/** What is done where it blocks nobody. */
export const deflating = {
  /** Hashes documents, and deflates those that have not the hash which is known. */
  prepare(packed: Omit<PackedDrafts, 'drafts'>, known: (Uint8Array | undefined)[]): PackedDocuments {
    return packDocuments(packed.ends.map((_, index) => preparedOf(documentAt(packed, index), known[index])))
  },

  /** Gives a document the messages of a stored one; undefined where it becomes too large. */
  keepMessages(draft: PackedBytes, stored: PackedBytes, { crc, length }: Omit<Block, 'deflated'>) {
    const plain = plainDocument({ deflated: stored.bytes, crc, length }).toString()
    const json = keepMessages(Buffer.from(draft.bytes).toString(), plain)
    return json === undefined ? undefined : packDocuments([preparedOf(Buffer.from(json))])
  },
}

/** One document, where it is. */
export function preparedOf(plain: Uint8Array, known?: Uint8Array): Prepared {
  const hash = contentHash(plain)
  return known !== undefined && hash.equals(known) ? { hash } : { hash, block: deflateBlock(plain) }
}

/** The inverse of `unpackDocuments`. */
export function packDocuments(prepared: Prepared[]): PackedDocuments {
  const parts = prepared.flatMap(({ hash, block }) => (block === undefined ? [hash] : [hash, block.deflated]))
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  const documents = prepared.map(({ hash, block }) => ({
    hashed: hash.length,
    crc: block?.crc ?? 0,
    length: block?.length ?? 0,
    deflated: block?.deflated.length ?? 0,
  }))
  return { documents, bytes }
}

export function unpackDocuments({ documents, bytes }: PackedDocuments): Prepared[] {
  let at = 0
  const take = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  return documents.map(({ hashed, deflated, crc, length }) => {
    const hash = take(hashed)
    return deflated === 0 ? { hash } : { hash, block: { crc, length, deflated: take(deflated) } }
  })
}
