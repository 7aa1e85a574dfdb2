import type { DatabaseSync } from 'node:sqlite'
import type { Erasure } from '../erasure.ts'

/** An erasure as its row has it. */
interface Row {
  erasureId: string
  kind: Erasure['kind']
  clientId: string | null
  requestedAt: number
  interactions: number
  erasedAt: number | null
  purgedAt: number | null
}

export const ERASURE_COLUMNS = `r.erasure_id AS erasureId, r.kind, r.client_id AS clientId,
  r.requested_at AS requestedAt, r.interactions, r.erased_at AS erasedAt, r.purged_at AS purgedAt`

export function erasureReads(db: DatabaseSync) {
  const get = db.prepare(
    `SELECT ${ERASURE_COLUMNS} FROM erasures AS r WHERE r.account_id = ? AND r.erasure_id = ?`,
  )
  return {
    getErasure(accountId: string, erasureId: string): Erasure | undefined {
      const row = get.get(accountId, erasureId)
      return row === undefined ? undefined : erasureOf(row)
    },
  }
}

export function erasureOf(row: unknown): Erasure {
  const { clientId, erasedAt, purgedAt, erasureId, kind, requestedAt, interactions } = row as Row
  const erasure: Erasure = { erasureId, kind, requestedAt, interactions }
  if (clientId !== null) erasure.clientId = clientId
  if (erasedAt !== null) erasure.erasedAt = erasedAt
  if (purgedAt !== null) erasure.purgedAt = purgedAt
  return erasure
}
