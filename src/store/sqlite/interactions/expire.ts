import type { DatabaseSync } from 'node:sqlite'
import { comparePlaces, type Place } from '../../../interaction/place.ts'
import { type Bite, type Expiry, MAX_BITE_BYTES } from '../../erasure.ts'
import { unpurgedWrites } from '../purge.ts'
import type { Going, InteractionKeeping } from './keep.ts'
import { decodeRun } from './run.ts'
import type { RunWrites } from './runs.ts'
import { tombstoneWrites } from './tombstones.ts'
import { VEILED } from './veil.ts'

/** Runs that one bite looks at: a thousand interactions, some ten milliseconds. */
const MAX_RUNS = 64

/** What one that has ended has not. */
const ENDED = { length: null, gathered: null, gatheredBytes: null }

interface RunRow extends Place {
  /** Null for a run of one document, whose place is the run's. */
  body: Uint8Array | null
}

/**
 * Erases interactions that ended long ago. There is no index by end: it would cost every write. What ended before a time has
 * started before it, so the listing is walked from its beginning up to there, some runs a bite; where to go on is kept in memory,
 * and the next walk begins at the beginning again.
 */
export function expiryWrites(db: DatabaseSync, interactions: InteractionKeeping, runs: RunWrites) {
  const statements = prepare(db)
  const tombstones = tombstoneWrites(db, interactions)
  const noteUnpurged = unpurgedWrites(db)
  const reached = new Map<string, Place>()

  function expire(accountId: string, { endedBefore, limit, now }: Expiry): Bite {
    const account = statements.revision.get(accountId) as { revision: number } | undefined
    if (account === undefined) return { count: 0, revision: 0, more: false }
    // What is held of the current run is to be seen here.
    runs.flush()
    const { places, next: end } = walk(accountId, endedBefore, limit)
    let { revision } = account
    let bytes = 0
    let next = end
    for (const [index, { id, ...going }] of places.entries()) {
      revision += 1
      bytes += tombstones.bury(accountId, { id, revision, erasedAt: now, reason: 'retention' }, going)
      if (bytes < MAX_BITE_BYTES || index === places.length - 1) continue
      next = { startedAt: going.startedAt, id }
      break
    }
    if (next === undefined) reached.delete(accountId)
    else reached.set(accountId, next)
    if (revision > account.revision) {
      statements.setRevision.run(revision, accountId)
      noteUnpurged(accountId, revision)
    }
    return { count: revision - account.revision, revision, more: next !== undefined }
  }

  /** What is over in the next runs; where to go on, if this is not the end. */
  function walk(accountId: string, endedBefore: number, limit: number) {
    const places: (Going & { id: string })[] = []
    let at = reached.get(accountId) ?? { startedAt: Number.MIN_SAFE_INTEGER, id: '' }
    for (let count = 0; count < MAX_RUNS; count += 1) {
      const run = statements.run.get(accountId, at.startedAt, at.id) as unknown as RunRow | undefined
      if (run === undefined) return { places, next: undefined }
      for (const place of placesIn(run)) {
        if (comparePlaces(place, at) <= 0) continue
        if (place.startedAt >= endedBefore) return { places, next: undefined }
        if (places.length === limit) return { places, next: at }
        const over = statements.over.get(accountId, place.id, endedBefore) as { endedAt: number } | undefined
        if (over !== undefined) places.push({ ...place, ...ENDED, endedAt: over.endedAt })
        at = place
      }
    }
    return { places, next: at }
  }

  return { expire }
}

function placesIn({ startedAt, id, body }: RunRow): Place[] {
  if (body === null) return [{ startedAt, id }]
  return decodeRun(body).map((document) => ({ startedAt: document.startedAt, id: document.id }))
}

function prepare(db: DatabaseSync) {
  return {
    revision: db.prepare('SELECT revision FROM accounts WHERE account_id = ?'),
    setRevision: db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?'),
    run: db.prepare(
      `SELECT last_started_at AS startedAt, last_id AS id, CASE WHEN count > 1 THEN body END AS body FROM runs
       WHERE account_id = ? AND (last_started_at, last_id) > (?, ?)
       ORDER BY last_started_at, last_id LIMIT 1`,
    ),
    over: db.prepare(
      `SELECT i.ended_at AS endedAt FROM interactions AS i
       WHERE i.account_id = ?1 AND i.id = ?2 AND i.ended_at < ?3 AND NOT ${VEILED}`,
    ),
  }
}
