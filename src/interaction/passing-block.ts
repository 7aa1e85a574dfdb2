import { crc32 } from 'node:zlib'
import { type Block, deflateBlock, storedBlocks } from './block.ts'

/**
 * From here on compressing for one reader costs more than sending what is not compressed; and compressing 8 MB would hold the
 * thread that reads for half a second.
 */
const MOST_DEFLATED = 256 * 1024

/** A block of a document that is put together for one reader, and not kept. */
export function passingBlock(plain: Uint8Array): Block {
  if (plain.length <= MOST_DEFLATED) return deflateBlock(plain)
  const deflated = Buffer.concat(storedBlocks(plain).map((block) => block.deflated))
  return { deflated, crc: crc32(plain), length: plain.length }
}
