import type { Block } from '../../../interaction/block.ts'
import { packDrafts } from '../../../interaction/packed-drafts.ts'
import type { Draft } from '../../../interaction/serialise.ts'
import { threadOf } from '../../thread.ts'
import { CLOSED } from '../errors.ts'
import { type deflating, type PackedBytes, type Prepared, preparedOf, unpackDocuments } from './deflating.ts'

/**
 * Makes of drafts what is stored. What is much is done in a thread: on conversations of 5 KB that costs the main thread
 * 5 µs each instead of 85, and in all no more; Node's own pool (`deflateRaw` with a callback) takes 204.
 */
export interface Deflater {
  /** One for each draft, without a block where the hash that is known of its id is the same. */
  prepare(drafts: Draft[], known: Map<string, Uint8Array>): Promise<Prepared[]>
  deflate(draft: Draft): Promise<Block>
  /** With the messages of the stored document; undefined where the whole would be too large. */
  keepMessages(draft: Draft, stored: Block): Promise<Prepared | undefined>
  close(): Promise<void>
}

/** Characters that are compressed at once, which is faster than handing them over: half a millisecond at most. */
const AT_ONCE = 16 * 1024

export function startDeflater(): Deflater {
  const thread = threadOf<typeof deflating>({
    script: new URL('./deflater-thread.ts', import.meta.url),
    name: 'thread that compresses',
    closed: CLOSED,
    transfers: buffersOf,
  })

  async function prepare(drafts: Draft[], known: Map<string, Uint8Array>): Promise<Prepared[]> {
    const hashes = drafts.map(({ id }) => known.get(id))
    if (drafts.reduce((sum, { json }) => sum + json.length, 0) <= AT_ONCE) {
      return drafts.map(({ json }, index) => preparedOf(Buffer.from(json), hashes[index]))
    }
    return unpackDocuments(await thread.run('prepare', packDrafts(drafts), hashes))
  }

  async function deflate(draft: Draft): Promise<Block> {
    const [{ block }] = (await prepare([draft], new Map())) as [Required<Prepared>]
    return block
  }

  async function keepMessages(draft: Draft, stored: Block): Promise<Prepared | undefined> {
    const { deflated, crc, length } = stored
    const packed = await thread.run('keepMessages', own(Buffer.from(draft.json)), own(deflated), {
      crc,
      length,
    })
    return packed && unpackDocuments(packed)[0]
  }

  return { prepare, deflate, keepMessages, close: thread.close }
}

/** A copy that may be handed over: others may look at the bytes that this one lies in. */
function own(bytes: Uint8Array): PackedBytes {
  return { bytes: new Uint8Array(bytes) }
}

function buffersOf(args: unknown[]): ArrayBuffer[] {
  return args.flatMap((arg) =>
    arg instanceof Object && 'bytes' in arg ? [(arg as PackedBytes).bytes.buffer] : [],
  ) as ArrayBuffer[]
}
