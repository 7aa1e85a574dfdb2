import { randomBytes } from 'node:crypto'
import { customerHash, ERASURE_KEY_BYTES, EVERY_CUSTOMER } from '../../customer-hash.ts'
import type { Erased, Erasure, ErasureRequest } from '../../erasure.ts'
import type { Database, Transaction } from '../database.ts'
import { TOMBSTONES } from '../interactions/barrier.ts'
import { byIds } from '../interactions/by-ids.ts'
import { inTurn, type Locked, lock, lockedIn, setErased } from '../interactions/locked.ts'
import type { inTurns } from '../interactions/turns.ts'
import { sql } from '../statement.ts'
import { textIn } from '../wire/decode.ts'
import { type Statement, texts } from '../wire/encode.ts'
import { ERASURE_COLUMNS, erasureIn, RETENTION } from './rows.ts'
import { bury } from './tombstones.ts'

const GET = `SELECT ${ERASURE_COLUMNS} FROM parlance.erasures WHERE account_id = $1 AND erasure_id = $2 AND kind <> '${RETENTION}'`

/** Milliseconds to the microseconds of interactions. */
const MICROS = 1000

export function erasureQueries(database: Database, turns: ReturnType<typeof inTurns>) {
  return {
    erase(accountId: string, request: ErasureRequest): Promise<Erased> {
      return inTurn(database, turns, accountId, async (transaction) => {
        const [account, before] = await transaction.run(
          lock(accountId),
          sql(GET, accountId, request.erasureId),
        )
        const locked = lockedIn(accountId, account)
        const row = before?.rows[0]
        if (row !== undefined) return { erasure: erasureIn(row), unknown: [], revision: locked.revision }
        const { target } = request
        return target.kind === 'interactions'
          ? eraseNamed(transaction, accountId, locked, request, [...new Set(target.ids)])
          : eraseAll(transaction, accountId, locked, request)
      })
    },

    async getErasure(accountId: string, erasureId: string): Promise<Erasure | undefined> {
      const { rows } = await database.run(sql(GET, accountId, erasureId))
      return rows[0] && erasureIn(rows[0])
    },
  }
}

/** All at once. What another erasure hides is this one's now, so that each is counted once. */
async function eraseNamed(
  transaction: Transaction,
  accountId: string,
  { revision: before }: Locked,
  request: ErasureRequest,
  ids: string[],
): Promise<Erased> {
  const [buried, found] = await transaction.run(
    sql(TOMBSTONES, accountId, texts(ids)),
    sql(byIds('interactions', 'id'), accountId, texts(ids)),
  )
  const gone = new Set(buried?.rows.map((row) => textIn(row.column(0))))
  const stored = found?.rows.map((row) => textIn(row.column(0))) ?? []
  const known = new Set(stored.filter((id) => !gone.has(id)))
  const named = ids.filter((id) => !gone.has(id))
  const { now } = request
  const erasure = { ...begun(request), interactions: known.size, erasedAt: now }
  const revision = before + named.length
  await transaction.commit(
    ...bury(accountId, named, { revision: before, now, reason: 'interactions' }),
    adding(accountId, erasure),
    setErased(accountId, revision),
  )
  return { erasure, unknown: ids.filter((id) => !known.has(id)), revision }
}

/** Of a customer or of the account: says what is to be erased, which hides it. The revision makes pages that had it change. */
async function eraseAll(
  transaction: Transaction,
  accountId: string,
  { revision: before, erasureKey }: Locked,
  request: ErasureRequest,
): Promise<Erased> {
  const { target, now } = request
  const customerId = target.kind === 'customer' ? target.customerId : undefined
  const key = erasureKey ?? randomBytes(ERASURE_KEY_BYTES)
  const erasure = begun(request)
  await transaction.commit(
    sql(
      'UPDATE parlance.revisions SET revision = $2, erasure_key = $3, erased = true WHERE account_id = $1',
      accountId,
      before + 1,
      key,
    ),
    sql(
      `INSERT INTO parlance.erased_customers AS c (account_id, hash, erased_at) VALUES ($1, $2, $3)
       ON CONFLICT (account_id, hash) DO UPDATE SET erased_at = greatest(c.erased_at, excluded.erased_at)`,
      accountId,
      customerId === undefined ? EVERY_CUSTOMER : customerHash(key, customerId),
      now * MICROS,
    ),
    adding(accountId, erasure),
    sql(
      'INSERT INTO parlance.erasing (account_id, erasure_id, customer_id, revision) VALUES ($1, $2, $3, $4)',
      accountId,
      request.erasureId,
      customerId,
      before,
    ),
  )
  return { erasure, unknown: [], revision: before + 1 }
}

function begun({ erasureId, target, clientId, now }: ErasureRequest): Erasure {
  const client = clientId === undefined ? {} : { clientId }
  return { erasureId, kind: target.kind, requestedAt: now, interactions: 0, ...client }
}

function adding(accountId: string, erasure: Erasure): Statement {
  const { erasureId, kind, clientId, requestedAt, interactions, erasedAt } = erasure
  return sql(
    `INSERT INTO parlance.erasures (account_id, erasure_id, kind, client_id, requested_at, interactions, erased_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    accountId,
    erasureId,
    kind,
    clientId,
    requestedAt,
    interactions,
    erasedAt,
  )
}
