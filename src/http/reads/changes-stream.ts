import type { Socket } from 'node:net'
import type { Watch } from '../../feed/watch.ts'
import { type Block, GzipPieces, lastBlock, plainOf } from '../../interaction/block.ts'
import { changeLines, changeText } from '../../interaction/changes-page.ts'
import type { Changes, Store } from '../../store/store.ts'
import type { Answers } from '../answers.ts'
import { type Follower, reachedBy } from './changes.ts'

/** Changes, and plain bytes of documents, that are read at once for a stream. */
const BATCH = { limit: 100, maxBytes: 256 * 1024 }
/** Milliseconds after which a stream on which nothing happens shows that it lives. Proxies cut what is silent for a minute. */
const HEARTBEAT = 15_000

export interface StreamContext {
  store: Pick<Store, 'listChanges'>
  watch: Watch
  answers: Answers
  socket: Socket
  /** Whether who follows may still: not with a token that has expired since. */
  mayGoOn(): Promise<boolean>
}

/** All changes up to now, a line each, in constant memory; after each batch a line with its cursor. */
export async function* streamLines(
  context: StreamContext,
  follower: Follower,
  gzip: boolean,
): AsyncGenerator<Buffer> {
  const pieces = gzip ? new GzipPieces() : undefined
  const bytesOf = (blocks: Block[]) =>
    pieces?.add(blocks) ?? plainOf([...blocks, lastBlock(new Uint8Array())])
  let after = follower.request.after
  for (let more = true; more && (await context.mayGoOn()); ) {
    yield* admitted(context, follower, after, (batch) => {
      after = reachedBy(batch, after)
      more = batch.more
      return bytesOf(changeLines(batch.changes, { cursor: follower.cursorAt(after), endOfStream: !more }))
    })
  }
  if (pieces !== undefined) yield pieces.end()
}

/** Changes as they happen, as events; each one's id is its cursor. Ends when the client leaves, or may not go on. */
export async function* streamEvents(context: StreamContext, follower: Follower): AsyncGenerator<Buffer> {
  const { accountId, cursorAt, signal } = follower
  let after = follower.request.after
  let told = false
  while (!signal.aborted && (await context.mayGoOn())) {
    let more = false
    let count = 0
    yield* admitted(context, follower, after, (batch) => {
      after = reachedBy(batch, after)
      more = batch.more
      count = batch.changes.length
      return Buffer.from(
        batch.changes
          .map((change) => eventOf('change', cursorAt(change.revision), changeText(change)))
          .join(''),
      )
    })
    if (more) continue
    if (count > 0 || !told)
      yield Buffer.from(eventOf('end_of_stream', cursorAt(after), '{"end_of_stream":true}'))
    else yield Buffer.from(':\n\n')
    told = true
    await context.watch.changed(accountId, after, HEARTBEAT, signal)
  }
}

function eventOf(name: string, id: string, data: string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`
}

/** A batch, which counts among the answers that wait to be taken until the next one is asked for. */
async function* admitted(
  { store, answers, socket }: StreamContext,
  { accountId }: Follower,
  after: number,
  bytesOf: (batch: Changes) => Buffer,
): AsyncGenerator<Buffer> {
  const answer = await answers.admit(socket)
  try {
    const batch = await store.listChanges(accountId, { after, ...BATCH })
    const bytes = bytesOf(batch)
    batch.free()
    answers.settle(answer, bytes.length)
    if (bytes.length > 0) yield bytes
  } finally {
    answers.leave(answer)
  }
}
