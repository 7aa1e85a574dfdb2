import { MAX_BITE_BYTES } from '../../erasure.ts'
import { textIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'

/** What `sizedIn` reads, of the table of interactions. Where a large document lies is known without reading it. */
export const SIZED = 'id, octet_length(body) + coalesce(gathered_bytes, 0)'

/** An interaction that is to be erased, and about how many bytes go with it. */
export interface Sized {
  id: string
  bytes: number
}

export function sizedIn(row: Row): Sized {
  return { id: textIn(row.column(0)), bytes: row.integer(1) }
}

/** The first of them that are done in one bite, which has done so many `bytes` already: `limit` of them at most. */
export function inOneBite<Each extends { bytes: number }>(all: Each[], limit: number, bytes = 0): Each[] {
  let sum = bytes
  const last = all.findIndex((each) => {
    sum += each.bytes
    return sum >= MAX_BITE_BYTES
  })
  return all.slice(0, last === -1 ? limit : Math.min(limit, last + 1))
}

export function bytesOf(all: Sized[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0)
}
