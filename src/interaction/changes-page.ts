import { type Block, END_BLOCK, gzipOf, plainOf, storedBlocks } from './block.ts'
import type { Change } from './change.ts'

/**
 * Changes laid end to end, like the documents of a page (page.ts): what stands around the documents is kept as it is, and
 * nothing is parsed or compressed.
 */

/** What ends a page: where to go on, and whether there was nothing more. */
export interface ChangesEnd {
  cursor: string
  endOfStream: boolean
}

/** `{"changes":[…],"cursor":"…","end_of_stream":…}`, with gzip or plain. */
export function changesPage(changes: Change[], end: ChangesEnd, gzip: boolean): Buffer {
  const row = new Row('{"changes":[')
  for (const [index, change] of changes.entries()) {
    if (index > 0) row.text(',')
    row.change(change)
  }
  row.text(`],${membersOf(end)}}`)
  const blocks = [...row.blocks(), END_BLOCK]
  return gzip ? gzipOf(blocks) : plainOf(blocks)
}

/** A change a line, and behind them a line `{"cursor":"…","end_of_stream":…}`, which stands for all above it. */
export function changeLines(changes: Change[], end: ChangesEnd): Block[] {
  const row = new Row('')
  for (const change of changes) {
    row.change(change)
    row.text('\n')
  }
  row.text(`{${membersOf(end)}}\n`)
  return row.blocks()
}

/** One change as text. */
export function changeText(change: Change): string {
  const row = new Row('')
  row.change(change)
  return plainOf([...row.blocks(), END_BLOCK]).toString()
}

function membersOf({ cursor, endOfStream }: ChangesEnd): string {
  return `"cursor":${JSON.stringify(cursor)},"end_of_stream":${endOfStream}`
}

/** Text and documents in turn; text that follows text is one block. */
class Row {
  readonly #blocks: Block[] = []
  #text: string

  constructor(text: string) {
    this.#text = text
  }

  text(text: string): void {
    this.#text += text
  }

  change(change: Change): void {
    const { revision, id, kind } = change
    this.#text += `{"revision":${revision},"kind":"${kind}","id":${JSON.stringify(id)}`
    if (kind === 'erased') this.#text += `,"reason":"${change.reason}"`
    else if (change.transcript !== undefined) this.#text += `,"transcript":"${change.transcript}"`
    if (kind === 'ended') {
      this.#text += ',"interaction":'
      this.#flush()
      this.#blocks.push(change.document)
    }
    this.#text += '}'
  }

  blocks(): Block[] {
    this.#flush()
    return this.#blocks
  }

  #flush(): void {
    this.#blocks.push(...storedBlocks(Buffer.from(this.#text)))
    this.#text = ''
  }
}
