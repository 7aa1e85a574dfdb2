import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Draft } from '../../interaction/serialise.ts'
import { collectAfter } from '../../memory.ts'
import { StoreUnavailable } from '../errors.ts'
import { connect, translateError } from './connect.ts'
import { operationsOn } from './operations.ts'
import type { Reply, Request } from './protocol.ts'

/**
 * The one thread that writes. What has arrived by the time it looks is committed together, so that many small
 * writes share one fsync; each is a savepoint of its own, so that one that fails takes none of the others along.
 */

/**
 * A group takes no more writes once it has this many, or this many characters of documents. It bounds the time
 * for which the lock is held and others wait: some tenths of a second, besides the last write of the group.
 */
const MAX_GROUP = 64
const MAX_GROUP_CHARACTERS = 4 * 1024 * 1024

const port = parentPort as MessagePort
const db = connect((workerData as { path: string }).path, { queryOnly: false })
const operations = operationsOn(db) as unknown as Record<string, (...args: unknown[]) => unknown>

port.on('message', (first: Request | 'close') => {
  // Comes when everything before it has been answered.
  if (first === 'close') {
    db.close()
    port.close()
    return
  }
  const group = [first]
  let characters = charactersOf(first)
  while (group.length < MAX_GROUP && characters < MAX_GROUP_CHARACTERS) {
    const more: Request | undefined = receiveMessageOnPort(port)?.message
    if (more === undefined) break
    group.push(more)
    characters += charactersOf(more)
  }
  for (const reply of commit(group)) port.postMessage(reply)
  collectAfter(Math.max(...group.map(largestOf)))
})

/** How much a write has to compress and store; small documents cost as much as these characters each. */
function charactersOf({ operation, args }: Request): number {
  if (operation !== 'writeInteractions') return 0
  return (args[1] as Draft[]).reduce((sum, { json }) => sum + Math.max(json.length, 4096), 0)
}

/** Characters of its largest document. */
function largestOf({ operation, args }: Request): number {
  if (operation !== 'writeInteractions') return 0
  return (args[1] as Draft[]).reduce((most, { json }) => Math.max(most, json.length), 0)
}

function commit(group: Request[]): Reply[] {
  try {
    db.exec('BEGIN IMMEDIATE')
    const replies = group.map(run)
    db.exec('COMMIT')
    return replies
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    return group.map(({ id }) => failure(id, error))
  }
}

function run({ id, operation, args }: Request): Reply {
  db.exec('SAVEPOINT operation')
  try {
    const value = operations[operation]?.(...args)
    db.exec('RELEASE operation')
    return { id, ok: true, value }
  } catch (error) {
    // A full disk or a failed read ends the transaction as a whole; then every write of the group has failed.
    if (!db.isTransaction) throw error
    db.exec('ROLLBACK TO operation; RELEASE operation')
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
