import type { DatabaseSync } from 'node:sqlite'
import type { Tombstone } from '../../erasure.ts'
import type { Going, InteractionKeeping } from './keep.ts'

/** Takes interactions out, and leaves tombstones. */
export function tombstoneWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const find = db.prepare('SELECT 1 FROM tombstones WHERE account_id = ? AND id = ?')
  const insert = db.prepare(
    `INSERT INTO tombstones (account_id, id, revision, erased_at, reason) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account_id, id) DO UPDATE
     SET revision = excluded.revision, erased_at = excluded.erased_at, reason = excluded.reason`,
  )
  return {
    has: (accountId: string, id: string) => find.get(accountId, id) !== undefined,
    /** `stored` is what there is of it. Gives about how many bytes that were. */
    bury(
      accountId: string,
      { id, revision, erasedAt, reason }: Tombstone,
      stored: Going | undefined,
    ): number {
      const bytes = stored === undefined ? 0 : interactions.remove(accountId, id, stored)
      insert.run(accountId, id, revision, erasedAt, reason)
      return bytes
    },
  }
}
