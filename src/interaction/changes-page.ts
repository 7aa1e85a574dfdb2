import { type Block, gzipOf, lastBlock, plainOf, storedBlocks } from './block.ts'

/**
 * Changes laid end to end, like the documents of a page (page.ts): what stands around the documents is kept as it is, and
 * nothing is parsed or compressed.
 */
export interface ToldChange {
  revision: number
  id: string
  /** Of an interaction that has ended; one without is open. */
  document: Block | undefined
}

export interface ChangesEnd {
  cursor: string
  endOfStream: boolean
}

/** `{"changes":[…],"cursor":"…","end_of_stream":…}`, with gzip or plain. */
export function changesPage(changes: ToldChange[], end: ChangesEnd, gzip: boolean): Buffer {
  const row = new Row('{"changes":[')
  for (const [index, change] of changes.entries()) {
    if (index > 0) row.text(',')
    row.change(change)
  }
  const { cursor, endOfStream } = end
  return row.end(`],"cursor":${JSON.stringify(cursor)},"end_of_stream":${endOfStream}}`, gzip)
}

/** A change a line, then a line `{"cursor":"…","end_of_stream":…}`: everything above it is told. */
export function changeLines(changes: ToldChange[], end: ChangesEnd, gzip: boolean): Buffer {
  const row = new Row('')
  for (const change of changes) {
    row.change(change)
    row.text('\n')
  }
  const { cursor, endOfStream } = end
  return row.end(`{"cursor":${JSON.stringify(cursor)},"end_of_stream":${endOfStream}}\n`, gzip)
}

/** One change as text. */
export function changeText(change: ToldChange): string {
  const row = new Row('')
  row.change(change)
  return row.end('', false).toString()
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

  change({ revision, id, document }: ToldChange): void {
    const kind = document === undefined ? 'open' : 'ended'
    this.#text += `{"revision":${revision},"kind":"${kind}","id":${JSON.stringify(id)}`
    if (document !== undefined) {
      this.#text += ',"interaction":'
      this.#flush()
      this.#blocks.push(document)
    }
    this.#text += '}'
  }

  end(text: string, gzip: boolean): Buffer {
    this.#text += text
    this.#flush()
    const blocks = [...this.#blocks, lastBlock(new Uint8Array())]
    return gzip ? gzipOf(blocks) : plainOf(blocks)
  }

  #flush(): void {
    this.#blocks.push(...storedBlocks(Buffer.from(this.#text)))
    this.#text = ''
  }
}
