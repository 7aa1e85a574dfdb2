import { freeBytes } from '../../../interaction/bytes.ts'
import type { Row } from '../wire/row.ts'

/** Gives the memory of rows back, once nobody looks at them any more; see `freeBytes`. */
export function freeRows(rows: Row[]): void {
  let freed: Uint8Array | undefined
  // Those that came together stand together.
  for (const { memory } of rows) {
    if (memory !== freed) freeBytes(memory)
    freed = memory
  }
}
