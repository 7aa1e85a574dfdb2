import { type MessagePort, parentPort } from 'node:worker_threads'
import { freeBytes } from '../../../interaction/bytes.ts'
import { collectAfter } from '../../../memory.ts'
import type { Reply, Request } from '../../thread.ts'
import { deflating } from './deflating.ts'

/** The thread that compresses: 500 conversations take 40 ms, for which nothing else would be answered. */

const port = parentPort as MessagePort

port.on('message', (request: Request<typeof deflating> | 'close') => {
  if (request === 'close') {
    port.close()
    return
  }
  const { id, operation, args } = request
  try {
    const value = (deflating[operation] as (...args: unknown[]) => { bytes?: Uint8Array } | undefined)(
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

/** What came is compressed: its memory is given back at once. */
function release(args: unknown[]): void {
  let largest = 0
  for (const arg of args) {
    if (!(arg instanceof Object) || !('bytes' in arg)) continue
    const bytes = arg.bytes as Uint8Array
    largest = Math.max(largest, bytes.length)
    freeBytes(bytes)
  }
  collectAfter(largest)
}
