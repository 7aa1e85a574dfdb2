import type { DatabaseSync } from 'node:sqlite'
import { customerHash } from '../../customer-hash.ts'
import type { Stored } from './keep.ts'

/** Whether an erasure of the account `?1` goes on. Looked up once in a statement. */
export const ERASING = 'EXISTS (SELECT 1 FROM erasing WHERE account_id = ?1)'

const COVERED = `(
  EXISTS (SELECT 1 FROM erasing AS e WHERE e.account_id = ?1 AND e.customer_id IS NULL AND e.revision >= i.revision)
  OR EXISTS (
    SELECT 1 FROM erasing AS e
    WHERE e.account_id = ?1 AND e.customer_id = i.customer_id AND e.revision >= i.revision))`

/**
 * Whether the interaction `i` of the account `?1` is veiled: an erasure covers it and has not come to it. Nobody may read
 * it or write to it any more.
 */
export const VEILED = `CASE WHEN ${ERASING} THEN ${COVERED} ELSE 0 END`

/** An account at the beginning of a transaction. */
export interface AccountState {
  revision: number
  /** Whether what was erased is to stay so: this interaction, or its customer at that start. `stored` is what it has now. */
  refuses(of: { id: string; customerId?: string; startedAt?: number }, stored: Stored | undefined): boolean
}

type Row = [revision: number, key: Uint8Array | null, tombstones: number, customers: number, erasing: number]

/** What a transaction that writes looks up first, once: whether the account has erased anything at all. */
export function accountStates(db: DatabaseSync) {
  const statements = prepare(db)
  statements.state.setReturnArrays(true)

  /** Error for an unknown account. */
  return function stateOf(accountId: string): AccountState {
    const row = statements.state.get(accountId) as Row | undefined
    if (row === undefined) throw new Error(`there is no account ${accountId}`)
    const [revision, key, tombstones, customers, erasing] = row
    if (tombstones + customers + erasing === 0) return { revision, refuses: () => false }

    function isErased(customerId: string, startedAt: number): boolean {
      const hash = key === null ? null : customerHash(key, customerId)
      return statements.customer.get(accountId, hash, startedAt) !== undefined
    }

    return {
      revision,
      refuses({ id, customerId, startedAt }, stored) {
        if (tombstones === 1 && statements.tombstone.get(accountId, id) !== undefined) return true
        if (erasing === 1 && stored !== undefined && statements.veiled.get(accountId, id) !== undefined)
          return true
        if (customers === 0 || customerId === undefined || startedAt === undefined) return false
        return isErased(customerId, startedAt)
      },
    }
  }
}

function prepare(db: DatabaseSync) {
  return {
    state: db.prepare(
      `SELECT revision, erasure_key,
         EXISTS (SELECT 1 FROM tombstones WHERE account_id = ?1),
         EXISTS (SELECT 1 FROM erased_customers WHERE account_id = ?1),
         ${ERASING}
       FROM accounts WHERE account_id = ?1`,
    ),
    tombstone: db.prepare('SELECT 1 FROM tombstones WHERE account_id = ? AND id = ?'),
    veiled: db.prepare(`SELECT 1 FROM interactions AS i WHERE i.account_id = ?1 AND i.id = ?2 AND ${VEILED}`),
    // The empty hash stands for every customer; see customer-hash.ts.
    customer: db.prepare(
      `SELECT 1 FROM erased_customers
       WHERE account_id = ?1 AND hash IN (?2, x'') AND erased_at >= ?3`,
    ),
  }
}
