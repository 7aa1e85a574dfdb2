import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { customerHash, ERASURE_KEY_BYTES, EVERY_CUSTOMER } from '../../customer-hash.ts'
import { type Bite, type Erased, type Erasure, type ErasureRequest, MAX_BITE_BYTES } from '../../erasure.ts'
import { erasureReads } from '../erasures.ts'
import type { Going, InteractionKeeping } from './keep.ts'
import { tombstoneWrites } from './tombstones.ts'
import { accountStates } from './veil.ts'

/** What an erasure that goes on has still to erase: of one customer, or (null) of all. */
interface Erasing {
  erasureId: string
  customerId: string | null
  revision: number
}

const MICROSECONDS = 1000

export function erasureWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const statements = prepare(db)
  const stateOf = accountStates(db)
  const { getErasure } = erasureReads(db)
  const tombstones = tombstoneWrites(db, interactions)

  function erase(accountId: string, request: ErasureRequest): Erased {
    const { revision } = stateOf(accountId)
    const done = getErasure(accountId, request.erasureId)
    if (done !== undefined) return { erasure: done, unknown: [], revision }
    return request.target.kind === 'interactions'
      ? eraseNow(accountId, request, request.target.ids)
      : veil(accountId, request, revision)
  }

  /**
   * Erases what is named, at once; what is not there gets a tombstone as well, for it may be on its way. What another erasure hides is
   * this one's now, so that each is counted once.
   */
  function eraseNow(accountId: string, request: ErasureRequest, ids: string[]): Erased {
    const { erasureId, now } = request
    const state = stateOf(accountId)
    const unknown: string[] = []
    let { revision } = state
    for (const id of new Set(ids)) {
      const stored = interactions.find(accountId, id)
      const buried = tombstones.has(accountId, id)
      if (stored === undefined || buried) unknown.push(id)
      if (buried) continue
      revision += 1
      tombstones.bury(accountId, { id, revision, erasedAt: now, reason: 'interactions' }, stored)
    }
    if (revision !== state.revision) statements.setRevision.run(revision, accountId)
    insertErasure(accountId, request, new Set(ids).size - unknown.length, now)
    return { erasure: getErasure(accountId, erasureId) as Erasure, unknown, revision }
  }

  /** Hides all of a customer, or of the account, and refuses what has started before. `eraseMore` does the rest. */
  function veil(accountId: string, request: ErasureRequest, revision: number): Erased {
    const { erasureId, target, now } = request
    const customerId = target.kind === 'customer' ? target.customerId : null
    const key = keyOf(accountId)
    const hash = customerId === null ? EVERY_CUSTOMER : customerHash(key, customerId)
    statements.refuse.run(accountId, hash, now * MICROSECONDS)
    insertErasure(accountId, request, 0, null)
    statements.insertErasing.run(accountId, erasureId, customerId, revision)
    // Listings are other ones now.
    statements.setRevision.run(revision + 1, accountId)
    const erasure = getErasure(accountId, erasureId) as Erasure
    return { erasure, unknown: [], revision: revision + 1 }
  }

  function keyOf(accountId: string): Uint8Array {
    statements.ensureKey.run(randomBytes(ERASURE_KEY_BYTES), accountId)
    return (statements.key.get(accountId) as { key: Uint8Array }).key
  }

  function insertErasure(
    accountId: string,
    { erasureId, target, clientId = undefined, now }: ErasureRequest,
    count: number,
    erasedAt: number | null,
  ): void {
    statements.insertErasure.run(accountId, erasureId, target.kind, clientId ?? null, now, count, erasedAt)
  }

  /** The erasures that are done with a bite are counted in, so that thousands that find nothing do not make one long bite. */
  function eraseMore(accountId: string, limit: number, now: number): Bite {
    let revision = statements.revision.get(accountId)?.revision as number | undefined
    if (revision === undefined) return { count: 0, revision: 0, more: false }
    const before = revision
    let count = 0
    let bytes = 0
    let done = 0
    let erasing = statements.next.get(accountId) as Erasing | undefined
    while (erasing !== undefined && count < limit && done < limit) {
      const wanted = limit - count
      const rows = veiledBy(accountId, erasing, wanted)
      const reason = erasing.customerId === null ? 'account' : 'customer'
      let taken = 0
      for (const row of rows) {
        if (bytes >= MAX_BITE_BYTES) break
        revision += 1
        bytes += tombstones.bury(accountId, { id: row.id, revision, erasedAt: now, reason }, row)
        taken += 1
      }
      count += taken
      statements.count.run(taken, accountId, erasing.erasureId)
      // As many as were asked for: there may be others.
      if (taken < rows.length || rows.length === wanted) break
      statements.removeErasing.run(accountId, erasing.erasureId)
      statements.finish.run(now, accountId, erasing.erasureId)
      done += 1
      erasing = statements.next.get(accountId) as Erasing | undefined
    }
    if (revision !== before) statements.setRevision.run(revision, accountId)
    return { count, revision, more: statements.next.get(accountId) !== undefined }
  }

  /** In order of their place, so that each run is rewritten once. */
  function veiledBy(accountId: string, { customerId, revision }: Erasing, limit: number) {
    const rows =
      customerId === null
        ? statements.ofAccount.all(accountId, revision, limit)
        : statements.ofCustomer.all(accountId, customerId, revision, limit)
    return (rows as unknown as (Going & { id: string })[]).sort((a, b) => a.startedAt - b.startedAt)
  }

  return { erase, eraseMore }
}

/** What is asked of those that go. */
const GOING = `i.id, i.started_at AS startedAt, i.ended_at AS endedAt, i.length, i.gathered,
  i.gathered_bytes AS gatheredBytes`

function prepare(db: DatabaseSync) {
  return {
    revision: db.prepare('SELECT revision FROM accounts WHERE account_id = ?'),
    setRevision: db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?'),
    ensureKey: db.prepare('UPDATE accounts SET erasure_key = ? WHERE account_id = ? AND erasure_key IS NULL'),
    key: db.prepare('SELECT erasure_key AS key FROM accounts WHERE account_id = ?'),
    refuse: db.prepare(
      `INSERT INTO erased_customers (account_id, hash, erased_at) VALUES (?, ?, ?)
       ON CONFLICT (account_id, hash) DO UPDATE SET erased_at = max(erased_at, excluded.erased_at)`,
    ),
    insertErasure: db.prepare(
      `INSERT INTO erasures (account_id, erasure_id, kind, client_id, requested_at, interactions, erased_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    count: db.prepare(
      'UPDATE erasures SET interactions = interactions + ? WHERE account_id = ? AND erasure_id = ?',
    ),
    finish: db.prepare('UPDATE erasures SET erased_at = ? WHERE account_id = ? AND erasure_id = ?'),
    insertErasing: db.prepare(
      'INSERT INTO erasing (account_id, erasure_id, customer_id, revision) VALUES (?, ?, ?, ?)',
    ),
    removeErasing: db.prepare('DELETE FROM erasing WHERE account_id = ? AND erasure_id = ?'),
    next: db.prepare(
      `SELECT erasure_id AS erasureId, customer_id AS customerId, revision FROM erasing
       WHERE account_id = ? ORDER BY revision LIMIT 1`,
    ),
    ofAccount: db.prepare(
      `SELECT ${GOING} FROM interactions AS i
       WHERE i.account_id = ? AND i.revision <= ? ORDER BY i.revision LIMIT ?`,
    ),
    ofCustomer: db.prepare(
      // Left to itself SQLite goes through all revisions of the account: half a second for each million.
      `SELECT ${GOING} FROM interactions AS i INDEXED BY interactions_customer
       WHERE i.account_id = ? AND i.customer_id = ? AND i.revision <= ? LIMIT ?`,
    ),
  }
}
