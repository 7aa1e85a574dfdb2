import type { InteractionRecord } from '../../transfer.ts'
import { sql } from '../statement.ts'
import { byteStrings, integers, type Statement, texts } from '../wire/encode.ts'

const COLUMNS = ['revision', 'customer_id', 'started_at', 'ended_at', 'hash', 'crc', 'length', 'body']
const TYPES = 'text[], bigint[], text[], bigint[], bigint[], bytea[], bigint[], bigint[], bytea[]'
const UPSERT = `INSERT INTO parlance.interactions (account_id, id, ${COLUMNS.join(', ')})
  SELECT $1, * FROM unnest(${TYPES.split(', ')
    .map((type, index) => `$${index + 2}::${type}`)
    .join(', ')})
  ON CONFLICT (account_id, id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`

/** Adds interactions or replaces those of the same id, all at once. No id may be among them twice. */
export function upsert(accountId: string, records: readonly InteractionRecord[]): Statement {
  const blocks = records.map(({ block }) => block)
  return sql(
    UPSERT,
    accountId,
    texts(records.map(({ id }) => id)),
    integers(records.map(({ revision }) => revision)),
    texts(records.map(({ customerId }) => customerId)),
    integers(records.map(({ startedAt }) => startedAt)),
    integers(records.map(({ endedAt }) => endedAt)),
    byteStrings(records.map(({ hash }) => hash)),
    integers(blocks.map(({ crc }) => crc)),
    integers(blocks.map(({ length }) => length)),
    byteStrings(blocks.map(({ deflated }) => deflated)),
  )
}
