import type { ErasureReason } from '../../../interaction/change.ts'
import type { Tombstone } from '../../erasure.ts'
import type { ErasedCustomer, ErasureRecord, Transfer } from '../../transfer.ts'
import type { Database } from '../database.ts'
import { setErased, writeLocked } from '../interactions/locked.ts'
import { sql } from '../statement.ts'
import { bytesIn, integerIn, maybe, textIn } from '../wire/decode.ts'
import { byteStrings, integers, type Statement, texts } from '../wire/encode.ts'
import type { Row } from '../wire/row.ts'
import { ERASURE_COLUMNS, erasureIn, RETENTION } from './rows.ts'
import { takeAway } from './tombstones.ts'

type ErasureTransfer = Pick<
  Transfer,
  | 'readTombstones'
  | 'writeTombstones'
  | 'readErasedCustomers'
  | 'writeErasedCustomers'
  | 'readErasures'
  | 'writeErasures'
>

const ERASED = 'UPDATE parlance.revisions SET erased = true WHERE account_id = $1'

/** What erasures have left behind, and those that go on. */
export function erasureTransfer(database: Database): ErasureTransfer {
  return {
    async readTombstones(accountId, { after, limit }) {
      const { rows } = await database.run(
        sql(
          `SELECT id, revision, erased_at, reason FROM parlance.tombstones
           WHERE account_id = $1 AND revision > $2 ORDER BY revision LIMIT $3`,
          accountId,
          after,
          limit,
        ),
      )
      return rows.map(tombstoneIn)
    },

    writeTombstones(accountId, tombstones, revision) {
      return writeLocked(
        database,
        accountId,
        putTombstones(accountId, tombstones),
        notingGone(accountId, tombstones),
        ...takeAway(
          accountId,
          tombstones.map(({ id }) => id),
        ),
        setErased(accountId, revision),
      )
    },

    async readErasedCustomers(accountId, { after, limit }) {
      // An empty hash is that of everybody, so there is nothing before the first one.
      const { rows } = await database.run(
        sql(
          `SELECT hash, erased_at FROM parlance.erased_customers
           WHERE account_id = $1 AND ($2::bytea IS NULL OR hash > $2) ORDER BY hash LIMIT $3`,
          accountId,
          after,
          limit,
        ),
      )
      return rows.map(([hash, erasedAt]) => ({ hash: bytesIn(hash), erasedAt: integerIn(erasedAt) }))
    },

    writeErasedCustomers(accountId, customers: ErasedCustomer[]) {
      return writeLocked(
        database,
        accountId,
        sql(
          `INSERT INTO parlance.erased_customers (account_id, hash, erased_at)
           SELECT $1, * FROM unnest($2::bytea[], $3::bigint[])
           ON CONFLICT (account_id, hash) DO UPDATE SET erased_at = excluded.erased_at`,
          accountId,
          byteStrings(customers.map(({ hash }) => hash)),
          integers(customers.map(({ erasedAt }) => erasedAt)),
        ),
        sql(ERASED, accountId),
      )
    },

    async readErasures(accountId, { after = '', limit }) {
      const { rows } = await database.run(
        sql(
          `SELECT ${ERASURE_COLUMNS}, e.customer_id, e.revision FROM parlance.erasures
           LEFT JOIN parlance.erasing AS e USING (account_id, erasure_id)
           WHERE account_id = $1 AND erasure_id > $2 AND kind <> '${RETENTION}' ORDER BY erasure_id LIMIT $3`,
          accountId,
          after,
          limit,
        ),
      )
      return rows.map(erasureRecordIn)
    },

    writeErasures(accountId, erasures) {
      return writeLocked(database, accountId, ...putErasures(accountId, erasures), sql(ERASED, accountId))
    },
  }
}

function tombstoneIn([id, revision, erasedAt, reason]: Row): Tombstone {
  return {
    id: textIn(id),
    revision: integerIn(revision),
    erasedAt: integerIn(erasedAt),
    reason: textIn(reason) as ErasureReason,
  }
}

function putTombstones(accountId: string, tombstones: Tombstone[]): Statement {
  return sql(
    `INSERT INTO parlance.tombstones (account_id, id, revision, erased_at, reason)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[])
     ON CONFLICT (account_id, id) DO UPDATE SET revision = excluded.revision, erased_at = excluded.erased_at,
       reason = excluded.reason`,
    accountId,
    texts(tombstones.map(({ id }) => id)),
    integers(tombstones.map(({ revision }) => revision)),
    integers(tombstones.map(({ erasedAt }) => erasedAt)),
    texts(tombstones.map(({ reason }) => reason)),
  )
}

/** That there is something to purge, where there are interactions of these ids: see RETENTION, and of the ids TAKE_AWAY. */
function notingGone(accountId: string, tombstones: Tombstone[]): Statement {
  return sql(
    `INSERT INTO parlance.erasures AS e (account_id, erasure_id, kind, requested_at, interactions, erased_at)
     SELECT $1, $2, $2, $3, count(*), $3 FROM parlance.interactions
       WHERE account_id = $1 AND id = ANY((SELECT $4::text[])::text[])
     HAVING count(*) > 0
     ON CONFLICT (account_id, erasure_id) DO UPDATE SET purged_at = NULL, erased_at = excluded.erased_at,
       interactions = e.interactions + excluded.interactions`,
    accountId,
    RETENTION,
    tombstones.reduce((last, { erasedAt }) => Math.max(last, erasedAt), 0),
    texts(tombstones.map(({ id }) => id)),
  )
}

function erasureRecordIn(row: Row): ErasureRecord {
  const [customerId, revision] = [maybe(row.column(7), textIn), maybe(row.column(8), integerIn)]
  const erasure = erasureIn(row)
  if (revision === undefined) return erasure
  return { ...erasure, erasing: { revision, ...(customerId !== undefined && { customerId }) } }
}

function putErasures(accountId: string, erasures: ErasureRecord[]): Statement[] {
  const ids = texts(erasures.map(({ erasureId }) => erasureId))
  const going = erasures.flatMap(({ erasureId, erasing }) => (erasing ? [{ erasureId, ...erasing }] : []))
  return [
    sql(
      `INSERT INTO parlance.erasures
         (account_id, erasure_id, kind, client_id, requested_at, interactions, erased_at, purged_at)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
       ON CONFLICT (account_id, erasure_id) DO UPDATE SET kind = excluded.kind, client_id = excluded.client_id,
         requested_at = excluded.requested_at, interactions = excluded.interactions,
         erased_at = excluded.erased_at, purged_at = excluded.purged_at`,
      accountId,
      ids,
      texts(erasures.map(({ kind }) => kind)),
      texts(erasures.map(({ clientId }) => clientId)),
      integers(erasures.map(({ requestedAt }) => requestedAt)),
      integers(erasures.map(({ interactions }) => interactions)),
      integers(erasures.map(({ erasedAt }) => erasedAt)),
      integers(erasures.map(({ purgedAt }) => purgedAt)),
    ),
    sql('DELETE FROM parlance.erasing WHERE account_id = $1 AND erasure_id = ANY($2)', accountId, ids),
    sql(
      `INSERT INTO parlance.erasing (account_id, erasure_id, customer_id, revision)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])`,
      accountId,
      texts(going.map(({ erasureId }) => erasureId)),
      texts(going.map(({ customerId }) => customerId)),
      integers(going.map(({ revision }) => revision)),
    ),
  ]
}
