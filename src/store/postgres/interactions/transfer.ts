import { gatheredOf } from '../../../interaction/gather-patches.ts'
import type { ArrivedMessage } from '../../../interaction/merge-patches.ts'
import type { InteractionRecord, RecordQuery, Transfer } from '../../transfer.ts'
import type { Database } from '../database.ts'
import { sql } from '../statement.ts'
import { bytesIn, integerIn, maybe, textIn } from '../wire/decode.ts'
import type { Row } from '../wire/row.ts'
import { setRevision, writeLocked } from './locked.ts'
import { dropMessages, upsertMessages } from './messages.ts'
import { blockIn, transcriptIn } from './stored.ts'
import { upsert } from './upsert.ts'

/**
 * Stops with the record that passes the bytes: what is before each of them is summed up. Then come the messages that they gather,
 * which have a position, by the revision of theirs (see the page in open.ts).
 */
const RECORDS = `WITH records AS MATERIALIZED (
    SELECT * FROM (
      SELECT *, sum(bytes) OVER (ORDER BY revision ROWS UNBOUNDED PRECEDING) - bytes AS before FROM (
        SELECT *, octet_length(body) + coalesce(gathered_bytes, 0) AS bytes FROM parlance.interactions
        WHERE account_id = $1 AND revision > $2 ORDER BY revision LIMIT $3
      ) AS following
    ) AS bounded
    WHERE before < $4
  )
  SELECT revision, NULL::bigint, NULL::text, NULL::text, id, customer_id, started_at, ended_at, hash, crc, length, body,
    transcript, word_at, gathered FROM records
  UNION ALL
  SELECT records.revision, m.position, m.message_id, m.json,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM records CROSS JOIN LATERAL (
    SELECT position, message_id, json FROM parlance.gathered_messages
    WHERE account_id = $1 AND interaction_id = records.id OFFSET 0
  ) AS m
  WHERE records.gathered > 0`

type InteractionTransfer = Pick<Transfer, 'readInteractions' | 'writeInteractions'>

/** Interactions as they lie there, also those that an erasure hides: it is copied, too. */
export function interactionTransfer(database: Database): InteractionTransfer {
  return {
    async readInteractions(
      accountId: string,
      { after, limit, maxBytes }: RecordQuery,
    ): Promise<InteractionRecord[]> {
      const { rows } = await database.run(sql(RECORDS, accountId, after, limit, maxBytes))
      const messages = Map.groupBy(
        rows.filter((row) => row.column(1) !== null),
        (row) => row.integer(0),
      )
      const records = rows.filter((row) => row.column(1) === null)
      return records
        .map((row) => recordIn(row, messages.get(row.integer(0)) ?? []))
        .toSorted((a, b) => a.revision - b.revision)
    },

    writeInteractions(accountId: string, records: InteractionRecord[], revision: number): Promise<void> {
      const messages = records.flatMap(({ id, gathered = [] }) => gathered.map((each) => ({ ...each, id })))
      return writeLocked(
        database,
        accountId,
        ...(records.length === 0 ? [] : [upsert(accountId, records.map(rowOf))]),
        dropMessages(
          accountId,
          records.map(({ id }) => id),
        ),
        ...(messages.length === 0 ? [] : [upsertMessages(accountId, messages)]),
        setRevision(accountId, revision),
      )
    },
  }
}

function rowOf({ gathered, ...record }: InteractionRecord) {
  return { ...record, gathering: gathered && gatheredOf(gathered) }
}

function recordIn(row: Row, messages: Row[]): InteractionRecord {
  const [revision, , , , id, customerId, startedAt, endedAt, hash] = row
  const [ended, wordAt] = [maybe(endedAt, integerIn), maybe(row.column(13), integerIn)]
  const transcript = transcriptIn(row.column(12))
  const gathered = messages.map(messageIn).toSorted((a, b) => a.position - b.position)
  return {
    id: textIn(id),
    revision: integerIn(revision),
    customerId: textIn(customerId),
    startedAt: integerIn(startedAt),
    ...(ended !== undefined && { endedAt: ended }),
    hash: bytesIn(hash),
    block: blockIn(row, 9),
    ...(row.column(14) !== null && { gathered }),
    ...(wordAt !== undefined && { wordAt }),
    ...(transcript !== undefined && { transcript }),
  }
}

function messageIn([, position, messageId, json]: Row): ArrivedMessage {
  return { position: integerIn(position), messageId: textIn(messageId), json: textIn(json) }
}
