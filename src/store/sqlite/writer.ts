import type { PackedDrafts } from '../../interaction/packed-drafts.ts'
import { type Thread, threadOf } from '../thread.ts'
import { CLOSED } from './connect.ts'
import type { Operations } from './operations.ts'

/** The writing side of the store, as the other threads see it: an operation resolves when it is on disk. */
export type Writer = Thread<Operations>

/** Starts the writer thread on a file that is migrated. A thread that dies is started again for the next write. */
export function startWriter(path: string): Writer {
  return threadOf<Operations>({
    script: new URL('./writer-thread.ts', import.meta.url),
    workerData: { path },
    name: 'writer',
    closed: CLOSED,
    transfers: buffersOf,
  })
}

/** Drafts change hands with the message, instead of being copied. */
function buffersOf(args: unknown[]): ArrayBuffer[] {
  return args.flatMap((arg) => {
    const bytes = (arg as Partial<PackedDrafts> | undefined)?.bytes
    return bytes === undefined ? [] : [bytes.buffer]
  })
}
