import type { DatabaseSync } from 'node:sqlite'
import { deflateBlock } from '../../../interaction/block.ts'
import { contentHash } from '../../../interaction/content-hash.ts'
import { endDocument } from '../../../interaction/gathered.ts'
import { type Bite, type Idleness, MAX_BITE_BYTES } from '../../erasure.ts'
import type { InteractionKeeping, Stored } from './keep.ts'
import { VEILED } from './veil.ts'

const MICROSECONDS = 1000

export function idleWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const revisionOf = db.prepare('SELECT revision FROM accounts WHERE account_id = ?')
  const setRevision = db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?')
  const idle = db.prepare(
    `SELECT i.id, i.word_at AS wordAt, i.length + coalesce(i.gathered_bytes, 0) AS bytes FROM interactions AS i
     WHERE i.account_id = ?1 AND i.ended_at IS NULL AND i.word_at < ?2 AND NOT ${VEILED}
     ORDER BY i.word_at LIMIT ?3`,
  )

  function endIdle(accountId: string, { before, limit }: Idleness): Bite {
    const account = revisionOf.get(accountId) as { revision: number } | undefined
    if (account === undefined) return { count: 0, revision: 0, more: false }
    const rows = idle.all(accountId, before, limit + 1) as { id: string; wordAt: number; bytes: number }[]
    let bytes = 0
    const ending = rows.slice(0, limit).filter((row) => {
      const fits = bytes < MAX_BITE_BYTES
      bytes += row.bytes
      return fits
    })
    for (const [index, { id, wordAt }] of ending.entries()) {
      end(accountId, id, wordAt, account.revision + index + 1)
    }
    const revision = account.revision + ending.length
    if (ending.length > 0) setRevision.run(revision, accountId)
    return { count: ending.length, revision, more: rows.length > ending.length }
  }

  /** The document may become larger than others, by the forty bytes of its end. */
  function end(accountId: string, id: string, wordAt: number, revision: number): void {
    const stored = interactions.find(accountId, id) as Stored
    const { json, endedAt } = endDocument(interactions.jsonOf(accountId, id, stored), wordAt * MICROSECONDS)
    const plain = Buffer.from(json)
    const { customerId, startedAt, transcript } = stored
    const facts = { id, customerId, startedAt, endedAt, revision, transcript }
    interactions.keep(accountId, { ...facts, hash: contentHash(plain), block: deflateBlock(plain) }, stored)
  }

  return { endIdle }
}
