import type { Row } from '../wire/row.ts'

/**
 * Gives the memory back that rows were received in, once nobody looks at them any more. All of it is theirs: a connection
 * is asked one thing at a time, what came was read to its end, and none of it lies in Node's pool of small buffers. See
 * interaction/bytes.ts for what that spares.
 */
export function freeRows(rows: Row[]): void {
  const received = new Set(rows.map((row) => row.memory))
  for (const buffer of received) (buffer as ArrayBuffer | undefined)?.transfer(0)
}
