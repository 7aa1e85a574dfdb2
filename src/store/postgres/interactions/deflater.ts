import { type Block, deflateBlock } from '../../../interaction/block.ts'
import { documentAt, type PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { threadOf } from '../../thread.ts'
import { CLOSED } from '../errors.ts'
import { type Composer, composerOn } from './composer.ts'
import type { composing } from './composing.ts'
import { type deflating, type PackedBytes, type Prepared, preparedOf, unpackDocuments } from './deflating.ts'

/**
 * Makes of drafts what is stored. What is much is done in a thread: on conversations of 5 KB that costs the main thread
 * 5 µs each instead of 85, and in all no more; Node's own pool (`deflateRaw` with a callback) takes 204.
 */
export interface Deflater extends Composer {
  /**
   * One for each draft, without a block where the hash that is known of its id is the same. Their bytes are gone
   * afterwards unless they are `kept`, which costs a copy.
   */
  prepare(packed: PackedDrafts, known: Map<string, Uint8Array>, kept: boolean): Promise<Prepared[]>
  deflate(plain: Uint8Array): Promise<Block>
  /** With the messages of the stored document; undefined where the whole would be too large. */
  keepMessages(plain: Uint8Array, stored: Block): Promise<Prepared | undefined>
  close(): Promise<void>
}

/** Bytes that are compressed at once, which is faster than handing them over: half a millisecond at most. */
const AT_ONCE = 16 * 1024

export function startDeflater(): Deflater {
  const thread = threadOf<typeof deflating & typeof composing>({
    script: new URL('./deflater-thread.ts', import.meta.url),
    name: 'thread that compresses',
    closed: CLOSED,
    transfers: buffersOf,
  })

  async function prepare(
    packed: PackedDrafts,
    known: Map<string, Uint8Array>,
    kept: boolean,
  ): Promise<Prepared[]> {
    const { drafts, ends, bytes } = packed
    const hashes = drafts.map(({ id }) => known.get(id))
    if ((ends.at(-1) ?? 0) <= AT_ONCE) {
      return drafts.map((_, index) => preparedOf(documentAt(packed, index), hashes[index]))
    }
    const handed = kept ? new Uint8Array(bytes) : bytes
    return unpackDocuments(await thread.run('prepare', { bytes: handed, ends }, hashes))
  }

  async function deflate(plain: Uint8Array): Promise<Block> {
    if (plain.length <= AT_ONCE) return deflateBlock(plain)
    const packed = await thread.run('prepare', { ...own(plain), ends: [plain.length] }, [undefined])
    const [{ block }] = unpackDocuments(packed) as [Required<Prepared>]
    return block
  }

  async function keepMessages(plain: Uint8Array, stored: Block): Promise<Prepared | undefined> {
    const { deflated, crc, length } = stored
    const packed = await thread.run('keepMessages', own(plain), own(deflated), { crc, length })
    return packed && unpackDocuments(packed)[0]
  }

  return { prepare, deflate, keepMessages, ...composerOn(thread, AT_ONCE), close: thread.close }
}

/** A copy that may be handed over: others may look at the bytes that this one lies in. */
function own(bytes: Uint8Array): { bytes: Uint8Array<ArrayBuffer> } {
  return { bytes: new Uint8Array(bytes) }
}

function buffersOf(args: unknown[]): ArrayBuffer[] {
  return args.flatMap((arg) =>
    arg instanceof Object && 'bytes' in arg ? [(arg as PackedBytes).bytes.buffer] : [],
  ) as ArrayBuffer[]
}
