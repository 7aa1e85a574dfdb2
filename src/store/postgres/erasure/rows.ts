import type { Erasure } from '../../erasure.ts'
import { integerIn, maybe, textIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'

/**
 * The row by which what retention or a copy has erased is purged: of each account one, under this kind and id. It is no erasure that anybody has
 * asked for, so nobody is told of it, and it is not copied to other stores, whose files never held what it stands for.
 */
export const RETENTION = 'retention'

export const ERASURE_COLUMNS = 'erasure_id, kind, client_id, requested_at, interactions, erased_at, purged_at'

/** Reads these columns, from the first one on. */
export function erasureIn(row: Row): Erasure {
  const [erasureId, kind, clientId, requestedAt, interactions, erasedAt, purgedAt] = row
  const [client, erased, purged] = [
    maybe(clientId, textIn),
    maybe(erasedAt, integerIn),
    maybe(purgedAt, integerIn),
  ]
  return {
    erasureId: textIn(erasureId),
    kind: textIn(kind) as Erasure['kind'],
    requestedAt: integerIn(requestedAt),
    interactions: integerIn(interactions),
    ...(client !== undefined && { clientId: client }),
    ...(erased !== undefined && { erasedAt: erased }),
    ...(purged !== undefined && { purgedAt: purged }),
  }
}
