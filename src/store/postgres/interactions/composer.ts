import type { Block } from '../../../interaction/block.ts'
import type { ArrivedMessage, MergeReason } from '../../../interaction/merge-patches.ts'
import type { Patch } from '../../../interaction/patch.ts'
import type { Problem } from '../../../interaction/problems.ts'
import type { Thread } from '../../thread.ts'
import { composing, type PackedBlock, type PackedMessages } from './composing.ts'
import { type Prepared, unpackDocuments } from './deflating.ts'

export type Added =
  | { ok: true; prepared: Required<Prepared> }
  | { ok: false; reason: MergeReason | 'too_large'; problems: Problem[] }

/** Puts documents together and takes them apart: large ones in a thread. Messages come as JSON in the order of arrival. */
export interface Composer {
  /** The document of an interaction that gathers messages, for a reader. */
  gather(head: Block, messages: Uint8Array[]): Promise<Required<Prepared>>
  /** A draft without messages with those that were gathered; undefined where the whole would be too large. */
  finish(plain: Uint8Array, messages: Uint8Array[]): Promise<Prepared | undefined>
  /** The document of an open interaction, ended; without `messages` it is whole. `wordAt`: microseconds since 1970. */
  end(
    document: Block,
    messages: Uint8Array[] | undefined,
    wordAt: number,
  ): Promise<Required<Prepared> & { endedAt: number }>
  /** A whole document as its head and its messages. */
  scatter(document: Block): Promise<{ head: string; messages: ArrivedMessage[] }>
  /** A whole document with messages added to it. */
  add(document: Block, patches: Patch[], keepUnknownValues: boolean): Promise<Added>
}

/** `atOnce`: plain bytes that are handled faster than handed over. */
export function composerOn(thread: Pick<Thread<typeof composing>, 'run'>, atOnce: number): Composer {
  /** Where the work is done: `run` is another thread's, or does it here. */
  const where = (bytes: number) =>
    bytes > atOnce
      ? thread.run
      : async <Name extends keyof typeof composing>(
          name: Name,
          ...args: Parameters<(typeof composing)[Name]>
        ) =>
          (composing[name] as (...given: unknown[]) => unknown)(...args) as ReturnType<
            (typeof composing)[Name]
          >

  return {
    async gather(head, messages) {
      const packed = packMessages(messages)
      return only(await where(head.length + packed.bytes.length)('gather', packBlock(head), packed))
    },

    async finish(plain, messages) {
      const packed = packMessages(messages)
      const run = where(plain.length + packed.bytes.length)
      const done = await run('finish', { bytes: new Uint8Array(plain) }, packed)
      return done && only(done)
    },

    async end(document, messages, wordAt) {
      const packed = messages && packMessages(messages)
      const run = where(document.length + (packed?.bytes.length ?? 0))
      const ended = await run('end', packBlock(document), packed, wordAt)
      return { ...only(ended), endedAt: ended.endedAt }
    },

    scatter: (document) => where(document.length)('scatter', packBlock(document)),

    async add(document, patches, keepUnknownValues) {
      const added = await where(document.length)('add', packBlock(document), patches, keepUnknownValues)
      return added.ok ? { ok: true, prepared: only(added) } : added
    },
  }
}

function only(packed: Parameters<typeof unpackDocuments>[0]): Required<Prepared> {
  return unpackDocuments(packed)[0] as Required<Prepared>
}

/** A copy, which may be handed over. */
function packBlock({ deflated, crc, length }: Block): PackedBlock {
  return { bytes: new Uint8Array(deflated), crc, length }
}

function packMessages(messages: Uint8Array[]): PackedMessages {
  const bytes = Buffer.allocUnsafeSlow(messages.reduce((sum, { length }) => sum + length, 0))
  const ends: number[] = []
  let at = 0
  for (const message of messages) {
    bytes.set(message, at)
    at += message.length
    ends.push(at)
  }
  return { bytes, ends }
}
