import type { DatabaseSync } from 'node:sqlite'
import type { Tombstone } from '../erasure.ts'
import type { ErasedCustomer, ErasureRecord } from '../transfer.ts'
import { ERASURE_COLUMNS, erasureOf } from './erasures.ts'
import type { InteractionKeeping } from './interactions/keep.ts'
import { tombstoneWrites } from './interactions/tombstones.ts'
import { unpurgedWrites } from './purge.ts'

/** Stands before every id: none is empty. */
const FIRST_ID = ''

export function erasureTransferReads(db: DatabaseSync) {
  const tombstones = db.prepare(
    `SELECT id, revision, erased_at AS erasedAt, reason FROM tombstones
     WHERE account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
  )
  // The hash that stands for all customers is empty, and comes first; nothing stands before it.
  const customers = db.prepare(
    `SELECT hash, erased_at AS erasedAt FROM erased_customers
     WHERE account_id = ? AND hash >= ? ORDER BY hash LIMIT ?`,
  )
  const erasures = db.prepare(
    `SELECT ${ERASURE_COLUMNS}, e.customer_id AS customerId, e.revision AS erasing
     FROM erasures AS r LEFT JOIN erasing AS e ON e.account_id = r.account_id AND e.erasure_id = r.erasure_id
     WHERE r.account_id = ? AND r.erasure_id > ? ORDER BY r.erasure_id LIMIT ?`,
  )

  return {
    readTombstones(accountId: string, { after, limit }: { after: number; limit: number }): Tombstone[] {
      return (tombstones.all(accountId, after, limit) as unknown as Tombstone[]).map((row) => ({ ...row }))
    },

    readErasedCustomers(
      accountId: string,
      { after, limit }: { after?: Uint8Array; limit: number },
    ): ErasedCustomer[] {
      // Behind a hash stands what is one byte longer.
      const from = after === undefined ? new Uint8Array() : Uint8Array.of(...after, 0)
      const rows = customers.all(accountId, from, limit) as unknown as ErasedCustomer[]
      return rows.map((row) => ({ ...row }))
    },

    readErasures(
      accountId: string,
      { after = FIRST_ID, limit }: { after?: string; limit: number },
    ): ErasureRecord[] {
      return erasures.all(accountId, after, limit).map(recordOf)
    },
  }
}

function recordOf(row: unknown): ErasureRecord {
  const erasure = erasureOf(row)
  const { customerId, erasing: revision } = row as { customerId: string | null; erasing: number | null }
  if (revision === null) return erasure
  return { ...erasure, erasing: customerId === null ? { revision } : { customerId, revision } }
}

export function erasureTransferWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const tombstones = tombstoneWrites(db, interactions)
  const noteUnpurged = unpurgedWrites(db)
  const setRevision = db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?')
  const putCustomer = db.prepare(
    `INSERT INTO erased_customers (account_id, hash, erased_at) VALUES (?, ?, ?)
     ON CONFLICT (account_id, hash) DO UPDATE SET erased_at = excluded.erased_at`,
  )
  const removeErasure = db.prepare('DELETE FROM erasures WHERE account_id = ? AND erasure_id = ?')
  const putErasure = db.prepare(
    `INSERT INTO erasures
       (account_id, erasure_id, kind, client_id, requested_at, interactions, erased_at, purged_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const removeErasing = db.prepare('DELETE FROM erasing WHERE account_id = ? AND erasure_id = ?')
  const putErasing = db.prepare(
    'INSERT INTO erasing (account_id, erasure_id, customer_id, revision) VALUES (?, ?, ?, ?)',
  )

  function writeErasure(accountId: string, { erasing, ...erasure }: ErasureRecord): void {
    const { erasureId, kind, clientId = null, requestedAt, interactions: count } = erasure
    const { erasedAt = null, purgedAt = null } = erasure
    removeErasure.run(accountId, erasureId)
    putErasure.run(accountId, erasureId, kind, clientId, requestedAt, count, erasedAt, purgedAt)
    removeErasing.run(accountId, erasureId)
    if (erasing === undefined) return
    putErasing.run(accountId, erasureId, erasing.customerId ?? null, erasing.revision)
  }

  return {
    writeTombstones(accountId: string, given: Tombstone[], revision: number): void {
      const { changes } = setRevision.run(revision, accountId)
      if (changes !== 1) throw new Error(`there is no account ${accountId}`)
      let removed = 0
      for (const tombstone of given) {
        const stored = interactions.find(accountId, tombstone.id)
        tombstones.bury(accountId, tombstone, stored)
        if (stored !== undefined) removed += 1
      }
      if (removed > 0) noteUnpurged(accountId, revision)
    },

    writeErasedCustomers(accountId: string, customers: ErasedCustomer[]): void {
      for (const { hash, erasedAt } of customers) putCustomer.run(accountId, hash, erasedAt)
    },

    writeErasures(accountId: string, erasures: ErasureRecord[]): void {
      for (const erasure of erasures) writeErasure(accountId, erasure)
    },
  }
}
