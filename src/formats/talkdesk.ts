import { ElementSplitter, splitElements } from './elements.ts'
import { splitLines } from './ndjson.ts'
import type { Record } from './record.ts'

/**
 * The native form: a page of the API, its interactions as an array, `{"interactions": […]}`, or one interaction a
 * line. `name` is the file's, whose ending decides where it tells.
 */
export async function* splitTalkdesk(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Record[]> {
  const iterator = chunks[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let bytes = 0
  // One chunk of a pipe may be a few bytes; the list of a page begins within its first few hundred.
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    head.push(next.value)
    bytes += next.value.length
    if (bytes >= HEAD_BYTES) break
  }
  const all = resumed(head, iterator)
  yield* isList(Buffer.concat(head), name) ? splitElements(all) : splitLines(all)
}

const HEAD_BYTES = 64 * 1024

async function* resumed(head: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    // Nobody else closes the source when the reader stops early.
    await rest.return?.()
  }
}

/** Whether the input is a JSON document with a list of interactions in it, and not lines. */
function isList(head: Buffer, name: string): boolean {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(name)) return false
  const splitter = new ElementSplitter()
  splitter.push(head)
  return splitter.foundList
}
