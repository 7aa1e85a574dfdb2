import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { freeBytes } from '../../interaction/bytes.ts'
import type { PackedDrafts } from '../../interaction/packed-drafts.ts'
import { collectAfter } from '../../memory.ts'
import type { Addition } from '../addition.ts'
import { StoreUnavailable } from '../errors.ts'
import type { Reply, Request } from '../thread.ts'
import { connect, translateError } from './connect.ts'
import { runWrites } from './interactions/runs.ts'
import { operationsOn } from './operations.ts'
import { upgradeCheck } from './upgraded.ts'

/**
 * The one thread that writes. What has arrived by the time it looks is committed together, so that many small
 * writes share one fsync; each is a savepoint of its own, so that one that fails takes none of the others along.
 */

/**
 * A group takes no more writes once it has this many, or this many bytes of documents. It bounds the time
 * for which the lock is held and others wait: some tenths of a second, besides the last write of the group.
 */
const MAX_GROUP = 64
const MAX_GROUP_BYTES = 4 * 1024 * 1024
/**
 * Milliseconds after which a group takes no more. What a write takes is not known before: one that adds a message to a large
 * document which has ended reads and writes all of it, in a third of a second.
 */
const MAX_GROUP_TIME = 100

/** Runs by itself, in no transaction. */
const ALONE = 'purge'
/** Take some tens of milliseconds: nothing else is to wait for the end of their group. */
const LONG = new Set(['erase', 'eraseMore', 'expire', 'endIdle'])

const port = parentPort as MessagePort
const db = connect((workerData as { path: string }).path, { queryOnly: false })
const runs = runWrites(db)
const checkUpgrade = upgradeCheck(db)
const operations = operationsOn(db, runs) as unknown as Record<string, (...args: unknown[]) => unknown>

port.on('message', (first: Request | 'close') => {
  // Comes when everything before it has been answered.
  if (first === 'close') {
    db.close()
    port.close()
    return
  }
  const { group, replies, next } = commitFrom(first)
  for (const reply of replies) port.postMessage(reply)
  release(group)
  if (next !== undefined) port.postMessage(runAlone(next))
})

/** How much a write has to compress and store; small documents cost as much as these bytes each. */
function bytesOf(request: Request): number {
  if (request.operation === 'addMessages') return additionBytes(request.args[1] as Addition)
  if (LONG.has(request.operation)) return MAX_GROUP_BYTES
  return lengthsOf(request).reduce((sum, length) => sum + Math.max(length, 4096), 0)
}

function additionBytes({ patches }: Addition): number {
  return patches.reduce((sum, patch) => sum + patch.length, 4096)
}

/** Bytes of each of its documents. */
function lengthsOf({ operation, args }: Request): number[] {
  if (operation !== 'writeInteractions') return []
  const { ends } = args[1] as PackedDrafts
  return ends.map((end, index) => end - (ends[index - 1] ?? 0))
}

/** The documents are stored: their memory is given back at once. */
function release(group: Request[]): void {
  const largest = Math.max(0, ...group.flatMap(lengthsOf))
  for (const { operation, args } of group) {
    if (operation === 'writeInteractions') freeBytes((args[1] as PackedDrafts).bytes)
  }
  collectAfter(largest)
}

interface Group {
  group: Request[]
  replies: Reply[]
  /** Has arrived as well, and is to be run by itself. */
  next: Request | undefined
}

/** Commits this write, and those that arrive while there is room and time for more. */
function commitFrom(first: Request): Group {
  if (first.operation === ALONE) return { group: [], replies: [], next: first }
  const group: Request[] = []
  const replies: Reply[] = []
  let next: Request | undefined = first
  let bytes = 0
  try {
    db.exec('BEGIN IMMEDIATE')
    checkUpgrade()
    const until = performance.now() + MAX_GROUP_TIME
    while (next !== undefined && next.operation !== ALONE) {
      group.push(next)
      replies.push(run(next))
      bytes += bytesOf(next)
      const isFull = group.length === MAX_GROUP || bytes >= MAX_GROUP_BYTES || performance.now() >= until
      next = isFull ? undefined : receiveMessageOnPort(port)?.message
    }
    runs.flush()
    db.exec('COMMIT')
    return { group, replies, next }
  } catch (error) {
    runs.forget()
    if (db.isTransaction) db.exec('ROLLBACK')
    return failed(group.length === 0 ? [first] : group, next, error)
  }
}

/** All of the group has failed; what was to be run by itself has not. */
function failed(group: Request[], next: Request | undefined, error: unknown): Group {
  const alone = next?.operation === ALONE ? next : undefined
  return { group, replies: group.map(({ id }) => failure(id, error)), next: alone }
}

function runAlone({ id, operation, args }: Request): Reply {
  try {
    return { id, ok: true, value: operations[operation]?.(...args) }
  } catch (error) {
    return failure(id, error)
  }
}

function run({ id, operation, args }: Request): Reply {
  db.exec('SAVEPOINT operation')
  const before = runs.mark()
  try {
    const value = operations[operation]?.(...args)
    db.exec('RELEASE operation')
    return { id, ok: true, value }
  } catch (error) {
    // A full disk or a failed read ends the transaction as a whole; then every write of the group has failed.
    if (!db.isTransaction) throw error
    db.exec('ROLLBACK TO operation; RELEASE operation')
    runs.restore(before)
    return failure(id, error)
  }
}

function failure(id: number, thrown: unknown): Reply {
  const error = translateError(thrown) as Error
  return {
    id,
    ok: false,
    unavailable: error instanceof StoreUnavailable,
    message: error.message,
    stack: error.stack,
  }
}
