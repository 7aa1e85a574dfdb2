import { addMessages } from '../../../interaction/add-messages.ts'
import type { Block } from '../../../interaction/block.ts'
import { contentHash } from '../../../interaction/content-hash.ts'
import { endDocument, gatherDocument, scatterDocument } from '../../../interaction/gathered.ts'
import { MAX_DOCUMENT_BYTES } from '../../../interaction/limits.ts'
import type { ArrivedMessage, MergeReason } from '../../../interaction/merge-patches.ts'
import { plainDocument } from '../../../interaction/page.ts'
import { passingBlock } from '../../../interaction/passing-block.ts'
import type { Patch } from '../../../interaction/patch.ts'
import type { Problem } from '../../../interaction/problems.ts'
import { type PackedBytes, type PackedDocuments, packDocuments, preparedOf } from './deflating.ts'

/** A stored block, to be handed to another thread. */
export type PackedBlock = PackedBytes & Omit<Block, 'deflated'>

/** Messages as JSON, one after the other in the order of arrival. */
export interface PackedMessages extends PackedBytes {
  /** Where each ends. */
  ends: number[]
}

export type PackedAddition =
  | (PackedDocuments & { ok: true })
  | { ok: false; reason: MergeReason | 'too_large'; problems: Problem[] }

/** What is done with documents and the messages that belong to them, where it blocks nobody. */
export const composing = {
  /** Puts a document together for a reader. */
  gather(head: PackedBlock, messages: PackedMessages): PackedDocuments {
    const plain = Buffer.from(gatherDocument(textOf(head), textsOf(messages)))
    return packDocuments([{ hash: contentHash(plain), block: passingBlock(plain) }])
  },

  /** Gives a draft that has no messages those that were gathered; undefined where it becomes too large. */
  finish(draft: PackedBytes, messages: PackedMessages): PackedDocuments | undefined {
    const plain = Buffer.from(gatherDocument(Buffer.from(draft.bytes).toString(), textsOf(messages)))
    return plain.length > MAX_DOCUMENT_BYTES ? undefined : packDocuments([preparedOf(plain)])
  },

  /** Ends a document that was left open. It may be larger than others by its `ended_at`. */
  end(head: PackedBlock, messages: PackedMessages | undefined, wordAt: number) {
    const open = textOf(head)
    const { json, endedAt } = endDocument(
      messages === undefined ? open : gatherDocument(open, textsOf(messages)),
      wordAt,
    )
    return { ...packDocuments([preparedOf(Buffer.from(json))]), endedAt }
  },

  /** Takes a whole document apart. */
  scatter(stored: PackedBlock): { head: string; messages: ArrivedMessage[] } {
    return scatterDocument(textOf(stored))
  },

  /** Adds messages to a whole document. */
  add(stored: PackedBlock, patches: Patch[], keepUnknownValues: boolean): PackedAddition {
    const added = addMessages(textOf(stored), patches, keepUnknownValues)
    return added.ok ? { ok: true, ...packDocuments([preparedOf(Buffer.from(added.json))]) } : added
  },
}

function textOf({ bytes, crc, length }: PackedBlock): string {
  return plainDocument({ deflated: bytes, crc, length }).toString()
}

function textsOf({ bytes, ends }: PackedMessages): string[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return ends.map((end, index) => all.toString('utf8', ends[index - 1] ?? 0, end))
}
