import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import { freeBytes } from '../../../interaction/bytes.ts'
import type { Change, ErasureReason } from '../../../interaction/change.ts'
import type { Place } from '../../../interaction/place.ts'
import type { TranscriptState } from '../../../interaction/transcript.ts'
import type { Changes, ChangesQuery } from '../../changes.ts'
import { documentIn } from './run.ts'
import { inSnapshot } from './snapshot.ts'
import { VEILED } from './veil.ts'
import { MAX_EXAMINED } from './veiled-listing.ts'

type Columns = [
  revision: number,
  id: string,
  startedAt: number,
  endedAt: number | null,
  transcript: TranscriptState | null,
]
type Tombstone = [revision: number, id: string, reason: ErasureReason]

/** Runs that are kept while a page is read: what came in together mostly lies together, in a few places at once. */
const MOST_RUNS = 8

export function changeReads(db: DatabaseSync) {
  const following = db.prepare(
    `SELECT revision, id, started_at, ended_at, transcript FROM interactions
     WHERE account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
  )
  following.setReturnArrays(true)
  /** No row where no erasure goes on; the revision is that of the last one of the whole account. */
  const erasing = db.prepare(
    `SELECT max(revision) FILTER (WHERE customer_id IS NULL) AS revision FROM erasing
     WHERE account_id = ? HAVING count(*) > 0`,
  )
  const examined = db.prepare(
    `SELECT i.revision, i.id, i.started_at, i.ended_at, i.transcript, ${VEILED} FROM interactions AS i
     WHERE i.account_id = ?1 AND i.revision > ?2 ORDER BY i.revision LIMIT ?3`,
  )
  examined.setReturnArrays(true)
  const tombstones = db.prepare(
    `SELECT revision, id, reason FROM tombstones
     WHERE account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
  )
  tombstones.setReturnArrays(true)
  const revision = db.prepare('SELECT revision FROM accounts WHERE account_id = ?')
  const run = db.prepare(
    `SELECT body FROM runs WHERE account_id = ? AND (last_started_at, last_id) >= (?, ?)
     ORDER BY last_started_at, last_id LIMIT 1`,
  )

  function listChanges(accountId: string, query: ChangesQuery): Changes {
    // Of one moment: what a row says, and where its document lies.
    return inSnapshot(db, () => read(accountId, query))
  }

  function read(accountId: string, { after, limit, maxBytes }: ChangesQuery): Changes {
    const { living, upTo } = livingAfter(accountId, after, limit + 1)
    const buried = tombstones.all(accountId, after, limit + 1) as unknown as Tombstone[]
    const erased = upTo === undefined ? buried : buried.filter(([revision]) => revision <= upTo)
    const rows = erased.length === 0 ? living : [...living, ...erased].sort(([a], [b]) => a - b)
    const documents = new Documents((place) => {
      const found = run.get(accountId, place.startedAt, place.id) as { body: Uint8Array } | undefined
      if (found === undefined) throw new Error(`${accountId}: no run at ${place.startedAt}`)
      return found.body
    })
    const changes: Change[] = []
    let bytes = 0
    for (const row of rows.slice(0, limit)) {
      const change = changeOf(row, documents)
      if (change.kind === 'ended') bytes += change.document.length
      if (changes.length > 0 && bytes > maxBytes) break
      changes.push(change)
    }
    documents.free()
    const cut = rows.length > changes.length
    const reached = cut ? lastOf(changes) : (upTo ?? lastRevision(accountId, after))
    return { changes, more: cut || upTo !== undefined, reached, free: () => {} }
  }

  /**
   * Interactions after a revision; `upTo` is the revision at which the look ended, where it ended before all were seen. What is
   * veiled is passed over, and comes later as a tombstone: of a whole account at once, of a customer one by one, so not too many
   * for one page.
   */
  function livingAfter(
    accountId: string,
    after: number,
    limit: number,
  ): { living: Columns[]; upTo?: number } {
    const going = erasing.get(accountId) as { revision: number | null } | undefined
    if (going === undefined) return { living: following.all(accountId, after, limit) as unknown as Columns[] }
    const from = Math.max(after, going.revision ?? 0)
    const seen = examined.all(accountId, from, MAX_EXAMINED) as unknown as [...Columns, veiled: number][]
    const living = seen.filter(([, , , , , veiled]) => veiled === 0)
    const last = seen.length === MAX_EXAMINED ? seen.at(-1) : undefined
    return {
      living: living.slice(0, limit).map((row) => row.slice(0, 5) as Columns),
      ...(last !== undefined && living.length < limit && { upTo: last[0] }),
    }
  }

  function lastRevision(accountId: string, after: number): number {
    const account = revision.get(accountId) as { revision: number } | undefined
    return Math.max(account?.revision ?? 0, after)
  }

  return { listChanges }
}

function lastOf(changes: Change[]): number {
  return (changes.at(-1) as Change).revision
}

function changeOf(row: Columns | Tombstone, documents: Documents): Change {
  if (row.length === 3) {
    const [revision, id, reason] = row
    return { revision, id, kind: 'erased', reason }
  }
  const [revision, id, startedAt, endedAt, state] = row
  const transcript = state ?? undefined
  if (endedAt === null) return { revision, id, kind: 'open', transcript }
  return { revision, id, kind: 'ended', document: documents.at({ startedAt, id }), transcript }
}

/** Documents by their place, each copied out of its run; the runs that were read last are looked into first. */
class Documents {
  readonly #load: (place: Place) => Uint8Array
  readonly #runs: Uint8Array[] = []

  constructor(load: (place: Place) => Uint8Array) {
    this.#load = load
  }

  at(place: Place): Block {
    for (const body of this.#runs) {
      const block = documentIn(body, place)
      if (block !== undefined) return own(block)
    }
    const body = this.#load(place)
    const block = documentIn(body, place)
    if (block === undefined) throw new Error(`the run at ${place.startedAt} lacks a document`)
    this.#runs.unshift(body)
    const document = own(block)
    if (this.#runs.length > MOST_RUNS) freeBytes(this.#runs.pop() as Uint8Array)
    return document
  }

  free(): void {
    this.#runs.forEach(freeBytes)
  }
}

function own(block: Block): Block {
  return { ...block, deflated: Buffer.from(block.deflated) }
}
