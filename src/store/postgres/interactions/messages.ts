import type { ArrivedMessage } from '../../../interaction/merge-patches.ts'
import type { Transaction } from '../database.ts'
import { sql } from '../statement.ts'
import { bytesIn } from '../wire/decode.ts'
import { integers, type Statement, texts } from '../wire/encode.ts'

/** The messages of one interaction, as JSON in the order of arrival. */
export async function readMessages(
  transaction: Transaction,
  accountId: string,
  id: string,
): Promise<Uint8Array[]> {
  const [found] = await transaction.run(
    sql(
      'SELECT position, json FROM parlance.gathered_messages WHERE account_id = $1 AND interaction_id = $2',
      accountId,
      id,
    ),
  )
  const rows = (found?.rows ?? []).toSorted((a, b) => a.integer(0) - b.integer(0))
  return rows.map((row) => bytesIn(row.column(1)))
}

/** Adds messages, or replaces those at the same positions. */
export function upsertMessages(
  accountId: string,
  messages: readonly (ArrivedMessage & { id: string })[],
): Statement {
  return sql(
    `INSERT INTO parlance.gathered_messages (account_id, interaction_id, message_id, position, json)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[])
     ON CONFLICT (account_id, interaction_id, message_id, position) DO UPDATE SET json = excluded.json`,
    accountId,
    texts(messages.map(({ id }) => id)),
    texts(messages.map(({ messageId }) => messageId)),
    integers(messages.map(({ position }) => position)),
    texts(messages.map(({ json }) => json)),
  )
}

/** Takes the messages of interactions away. */
export function dropMessages(accountId: string, ids: readonly string[]): Statement {
  return sql(
    'DELETE FROM parlance.gathered_messages WHERE account_id = $1 AND interaction_id = ANY($2)',
    accountId,
    texts(ids),
  )
}
