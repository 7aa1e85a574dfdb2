import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Watch } from '../../feed/watch.ts'
import { type Block, END_BLOCK, GzipPieces, plainOf } from '../../interaction/block.ts'
import { changeLines, changeText } from '../../interaction/changes-page.ts'
import type { Changes } from '../../store/changes.ts'
import type { Store } from '../../store/store.ts'
import type { Answers } from '../answers.ts'
import type { Follower } from './changes.ts'
import { handOver } from './hand-over.ts'

/** Changes, and plain bytes of documents, that are read at once for a stream. */
const BATCH = { limit: 100, maxBytes: 256 * 1024 }
/** Milliseconds after which a stream on which nothing happens shows that it lives. Proxies cut what is silent for a minute. */
const HEARTBEAT = 15_000
/** A comment, which says nothing. */
const COMMENT = Buffer.from(':\n\n')

export interface StreamContext {
  store: Pick<Store, 'listChanges'>
  watch: Watch
  answers: Pick<Answers, 'admitBatch' | 'settle' | 'leave'>
  socket: Socket
  /** Milliseconds in which a piece of the stream must be taken. */
  patience: number
  /** The account's last revision; undefined for who may follow no longer: with an expired token, or a server that stops. */
  look(): Promise<number | undefined>
  /** So many changes more are told. */
  told(count: number): void
  /** Closes the connection of who does not read. */
  cut(): void
}

/** All changes up to now, a line each, in constant memory; after each batch a line with its cursor, and one at the end. */
export async function* streamLines(
  context: StreamContext,
  follower: Follower,
  gzip: boolean,
): AsyncGenerator<Buffer> {
  const pieces = gzip ? new GzipPieces() : undefined
  let after = follower.request.after
  const linesOf = (changes: Changes['changes'], endOfStream: boolean) => {
    const blocks: Block[] = changeLines(changes, { cursor: follower.cursorAt(after), endOfStream })
    return pieces?.add(blocks) ?? plainOf([...blocks, END_BLOCK])
  }
  for (let ended = false; !ended && !context.socket.destroyed; ) {
    const revision = await context.look()
    if (revision === undefined || revision <= after) {
      ended = true
      yield* handOver(context, linesOf([], revision !== undefined))
      continue
    }
    const bytesOf = (batch: Changes) => {
      after = batch.reached
      ended = !batch.more
      return linesOf(batch.changes, ended)
    }
    yield* admitted(context, follower, after, { bytesOf, heartbeat: () => linesOf([], false) })
  }
  if (pieces !== undefined) yield* handOver(context, pieces.end())
}

/** Changes as they happen, as events; each one's id is its cursor. Ends when the client leaves, or may not go on. */
export async function* streamEvents(context: StreamContext, follower: Follower): AsyncGenerator<Buffer> {
  const { accountId, cursorAt, signal } = follower
  let after = follower.request.after
  let told = false
  while (!signal.aborted && !context.socket.destroyed) {
    const revision = await context.look()
    if (revision === undefined) return
    if (revision > after) {
      let more = true
      const bytesOf = (batch: Changes) => {
        after = batch.reached
        more = batch.more
        // The end behind these is another one.
        if (batch.changes.length > 0) told = false
        return Buffer.from(
          batch.changes
            .map((change) => eventOf('change', cursorAt(change.revision), changeText(change)))
            .join(''),
        )
      }
      yield* admitted(context, follower, after, { bytesOf, heartbeat: () => COMMENT })
      if (more) continue
    }
    const end = () => Buffer.from(eventOf('end_of_stream', cursorAt(after), '{"end_of_stream":true}'))
    yield* handOver(context, told ? COMMENT : end())
    told = true
    await context.watch.changed(accountId, after, HEARTBEAT, signal)
  }
}

function eventOf(name: string, id: string, data: string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`
}

/**
 * A batch, which counts among the answers that wait to be taken until it is; `heartbeat` shows that the stream lives while
 * it waits for room. Nothing where the stream ends before there is room.
 */
async function* admitted(
  context: StreamContext,
  { accountId }: Follower,
  after: number,
  { bytesOf, heartbeat }: { bytesOf(batch: Changes): Buffer; heartbeat(): Buffer },
): AsyncGenerator<Buffer> {
  const { store, answers, socket, watch, cut } = context
  const admission = answers.admitBatch({ cut, left: () => socket.destroyed || watch.ended })
  try {
    while (!(await isDone(admission, HEARTBEAT))) yield* handOver(context, heartbeat())
    const answer = await admission
    if (answer === undefined) return
    const batch = await store.listChanges(accountId, { after, ...BATCH })
    const bytes = bytesOf(batch)
    context.told(batch.changes.length)
    batch.free()
    answers.settle(answer, bytes.length)
    yield* handOver(context, bytes)
  } finally {
    // Also where the stream ends while it waits for room.
    void admission.then((answer) => answer !== undefined && answers.leave(answer))
  }
}

async function isDone(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const over = new AbortController()
  const late = sleep(milliseconds, false, { signal: over.signal }).catch(() => false)
  const done = await Promise.race([promise.then(() => true), late])
  over.abort()
  return done
}
