import { type MessagePort, parentPort } from 'node:worker_threads'
import { freeBytes } from '../../../interaction/bytes.ts'
import type { PackedDrafts } from '../../../interaction/packed-drafts.ts'
import { collectAfter } from '../../../memory.ts'
import type { Reply, Request } from '../../thread.ts'
import { composing } from './composing.ts'
import { deflating, type PackedBytes } from './deflating.ts'

/** The thread that compresses: 500 conversations take 40 ms, for which nothing else would be answered. */

const port = parentPort as MessagePort
const operations = { ...deflating, ...composing }

port.on('message', (request: Request<typeof operations> | 'close') => {
  if (request === 'close') {
    port.close()
    return
  }
  const { id, operation, args } = request
  try {
    const value = (operations[operation] as (...args: unknown[]) => { bytes?: Uint8Array } | undefined)(
      ...args,
    )
    const bytes = value?.bytes
    port.postMessage(
      { id, ok: true, value } satisfies Reply,
      bytes === undefined ? [] : [bytes.buffer as ArrayBuffer],
    )
  } catch (error) {
    const { message, stack } = error as Error
    port.postMessage({ id, ok: false, unavailable: false, message, stack } satisfies Reply)
  }
  release(args)
})

/**
 * What came is compressed: its memory is given back at once. What was parsed is only that of one document at a time, and
 * only a large one is worth collecting it: after each batch that would cost more than the compressing.
 */
function release(args: unknown[]): void {
  let largest = 0
  for (const arg of args) {
    if (!(arg instanceof Object) || !('bytes' in arg)) continue
    const { bytes, ends } = arg as PackedBytes & Partial<PackedDrafts>
    const lengths = ends?.map((end, index) => end - (ends[index - 1] ?? 0)) ?? [bytes.length]
    largest = Math.max(largest, ...lengths)
    freeBytes(bytes)
  }
  collectAfter(largest)
}
