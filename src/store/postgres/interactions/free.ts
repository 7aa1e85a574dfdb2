import type { Row } from '../wire/row.ts'

/**
 * Gives the memory back that rows were received in, once nobody looks at them any more. All of it is theirs: a connection
 * is asked one thing at a time, what came was read to its end, and none of it lies in Node's pool of small buffers. See
 * interaction/bytes.ts for what that spares.
 */
export function freeRows(rows: Row[]): void {
  let freed: ArrayBufferLike | undefined
  // Those that came together stand together.
  for (const { memory } of rows) {
    if (memory === freed) continue
    freed = memory
    ;(memory as ArrayBuffer | undefined)?.transfer(0)
  }
}
