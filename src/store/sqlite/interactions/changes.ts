import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import { freeBytes } from '../../../interaction/bytes.ts'
import type { Place } from '../../../interaction/place.ts'
import type { Change, Changes, ChangesQuery } from '../../store.ts'
import { documentIn } from './run.ts'

type Columns = [revision: number, id: string, startedAt: number, endedAt: number | null]

/** Runs that are kept while a page is read: what came in together mostly lies together, in a few places at once. */
const MOST_RUNS = 8

export function changeReads(db: DatabaseSync) {
  const following = db.prepare(
    `SELECT revision, id, started_at, ended_at FROM interactions
     WHERE account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
  )
  following.setReturnArrays(true)
  const run = db.prepare(
    `SELECT body FROM runs WHERE account_id = ? AND (last_started_at, last_id) >= (?, ?)
     ORDER BY last_started_at, last_id LIMIT 1`,
  )

  function listChanges(accountId: string, query: ChangesQuery): Changes {
    // Of one moment: what a row says, and where its document lies.
    db.exec('BEGIN')
    try {
      return read(accountId, query)
    } finally {
      db.exec('COMMIT')
    }
  }

  function read(accountId: string, { after, limit, maxBytes }: ChangesQuery): Changes {
    const rows = following.all(accountId, after, limit + 1) as unknown as Columns[]
    const documents = new Documents((place) => {
      const found = run.get(accountId, place.startedAt, place.id) as { body: Uint8Array } | undefined
      if (found === undefined) throw new Error(`${accountId}: no run at ${place.startedAt}`)
      return found.body
    })
    const changes: Change[] = []
    let bytes = 0
    for (const [revision, id, startedAt, endedAt] of rows.slice(0, limit)) {
      const document = endedAt === null ? undefined : documents.at({ startedAt, id })
      bytes += document?.length ?? 0
      if (changes.length > 0 && bytes > maxBytes) break
      changes.push({ revision, id, document })
    }
    documents.free()
    return { changes, more: rows.length > changes.length, free: () => {} }
  }

  return { listChanges }
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
