import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import { gatherDocument } from '../../../interaction/gathered.ts'
import type { ArrivedMessage } from '../../../interaction/merge-patches.ts'
import { plainDocument } from '../../../interaction/page.ts'
import { passingBlock } from '../../../interaction/passing-block.ts'
import { collectAfter } from '../../../memory.ts'

/** The document of a head and its messages, as a block for one reader. */
export function gatheredBlock(head: Block, messages: ArrivedMessage[]): Block {
  return passingBlock(Buffer.from(gatheredJson(head, messages)))
}

export function gatheredJson(head: Block, messages: ArrivedMessage[]): string {
  const json = gatherDocument(
    plainDocument(head).toString(),
    messages.map((message) => message.json),
  )
  collectAfter(json.length)
  return json
}

const COLUMNS = 'position, message_id AS messageId, json'

export function gatheredReads(db: DatabaseSync) {
  const all = db.prepare(
    `SELECT ${COLUMNS} FROM gathered_messages WHERE account_id = ? AND interaction_id = ?`,
  )
  all.setReturnArrays(true)

  /** In the order of arrival. They lie in that of their ids. */
  function messagesOf(accountId: string, id: string): ArrivedMessage[] {
    const rows = all.all(accountId, id) as unknown as [position: number, messageId: string, json: string][]
    return rows
      .sort(([a], [b]) => a - b)
      .map(([position, messageId, json]) => ({ position, messageId, json }))
  }

  return { messagesOf }
}

export function gatheredWrites(db: DatabaseSync) {
  const find = db.prepare(
    `SELECT ${COLUMNS} FROM gathered_messages
     WHERE account_id = ? AND interaction_id = ? AND message_id = ? ORDER BY position`,
  )
  const put = db.prepare(
    `INSERT INTO gathered_messages (account_id, interaction_id, message_id, position, json)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account_id, interaction_id, message_id, position) DO UPDATE SET json = excluded.json`,
  )
  const remove = db.prepare('DELETE FROM gathered_messages WHERE account_id = ? AND interaction_id = ?')
  return {
    ...gatheredReads(db),
    messagesWith(accountId: string, id: string, messageId: string): ArrivedMessage[] {
      return find.all(accountId, id, messageId) as unknown as ArrivedMessage[]
    },
    putMessages(accountId: string, id: string, messages: ArrivedMessage[]): void {
      for (const { messageId, position, json } of messages) put.run(accountId, id, messageId, position, json)
    },
    removeMessages(accountId: string, id: string): void {
      remove.run(accountId, id)
    },
  }
}

export type GatheredWrites = ReturnType<typeof gatheredWrites>
