import { type Block, deflateBlock, END_BLOCK, gzipOf, lastBlock, plainOf } from './block.ts'

/**
 * A page: stored documents laid end to end between a head and a tail. Nothing is parsed, and for a client
 * that takes gzip nothing is compressed.
 */

const HEAD = Buffer.from('{"_embedded":{"interactions":[')
const HEAD_BLOCK = deflateBlock(HEAD)
/** Between two documents. */
export const COMMA = deflateBlock(Buffer.from(','))

export interface Links {
  /** Absolute URLs. */
  self: string
  next?: string
}

/** The page as one gzip member, of blocks that each hold one document or several with commas between. */
export function gzipPage(documents: Block[], links: Links): Buffer {
  return gzipOf(pageBlocks(documents, links))
}

/** The page as plain JSON: its documents inflated in one stream. */
export function plainPage(documents: Block[], links: Links): Buffer {
  return plainOf(pageBlocks(documents, links))
}

function pageBlocks(documents: Block[], links: Links): Block[] {
  const blocks: Block[] = [HEAD_BLOCK]
  for (let index = 0; index < documents.length; index += 1) {
    if (index > 0) blocks.push(COMMA)
    blocks.push(documents[index] as Block)
  }
  blocks.push(lastBlock(Buffer.from(tailOf(links))))
  return blocks
}

/** One document as a gzip member, or as plain JSON. */
export function gzipDocument(document: Block): Buffer {
  return gzipOf([document, END_BLOCK])
}

export function plainDocument(document: Block): Buffer {
  return plainOf([document, END_BLOCK])
}

function tailOf({ self, next }: Links): string {
  const more = next === undefined ? '' : `,"next":{"href":${JSON.stringify(next)}}`
  return `]},"_links":{"self":{"href":${JSON.stringify(self)}}${more}}}`
}
