import type { Block } from '../../../interaction/block.ts'
import { bytesIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'
import type { Composer } from './composer.ts'

/**
 * The document of an interaction that gathers messages. Of each message there is a row, in any order: its position in the column
 * `from`, its JSON in the one behind.
 */
export async function gathered(composer: Composer, head: Block, rows: Row[], from: number): Promise<Block> {
  const ordered = rows.toSorted((a, b) => a.integer(from) - b.integer(from))
  const { block } = await composer.gather(
    head,
    ordered.map((row) => bytesIn(row.column(from + 1))),
  )
  return block
}
