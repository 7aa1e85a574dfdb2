import { inflateRawSync } from 'node:zlib'
import { type Block, deflateBlock, deflateLastBlock, gzipOf } from './block.ts'

/**
 * A page: stored documents laid end to end between a head and a tail. Nothing is parsed, and for a client
 * that takes gzip nothing is compressed but the tail.
 */

const HEAD = Buffer.from('{"_embedded":{"interactions":[')
const HEAD_BLOCK = deflateBlock(HEAD)
const COMMA_BLOCK = deflateBlock(Buffer.from(','))

export interface Links {
  /** Absolute URLs. */
  self: string
  next?: string
}

/** The page as one gzip member. */
export function gzipPage(documents: Block[], links: Links): Buffer {
  const tail = deflateLastBlock(Buffer.from(tailOf(links)))
  const blocks: Block[] = [HEAD_BLOCK]
  for (const [index, document] of documents.entries()) {
    if (index > 0) blocks.push(COMMA_BLOCK)
    blocks.push(document)
  }
  blocks.push(tail)
  return gzipOf(blocks)
}

/** The page as plain JSON: its documents inflated in one stream. */
export function plainPage(documents: Block[], links: Links): Buffer {
  const parts: Uint8Array[] = [HEAD_BLOCK.deflated]
  for (const [index, document] of documents.entries()) {
    if (index > 0) parts.push(COMMA_BLOCK.deflated)
    parts.push(document.deflated)
  }
  parts.push(deflateLastBlock(Buffer.from(tailOf(links))).deflated)
  return inflateRawSync(Buffer.concat(parts))
}

/** One document as a gzip member, or as plain JSON. */
export function gzipDocument(document: Block): Buffer {
  return gzipOf([document, END_BLOCK])
}

export function plainDocument(document: Block): Buffer {
  return inflateRawSync(Buffer.concat([document.deflated, END_BLOCK.deflated]))
}

const END_BLOCK = deflateLastBlock(new Uint8Array())

function tailOf({ self, next }: Links): string {
  const links = next === undefined ? { self: { href: self } } : { self: { href: self }, next: { href: next } }
  return `]},"_links":${JSON.stringify(links)}}`
}
