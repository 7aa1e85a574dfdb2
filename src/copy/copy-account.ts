import type { Store } from '../store/store.ts'
import { batchesAfter } from './batches.ts'
import { CopyRefused } from './errors.ts'

/** Copies an account, and of its interactions what is not over there. Gives how many these were. */
export async function copyAccount(
  from: Store,
  to: Store,
  accountId: string,
  onReached: (revision: number) => void,
): Promise<number> {
  const record = await from.transfer.readAccount(accountId)
  if (record === undefined) throw new CopyRefused(`${from.location} has no account ${accountId} any more.`)
  await to.transfer.writeAccount(record)
  const before = (await to.getRevision(accountId)) ?? 0
  // What changes while it is copied comes with the next batch, or with the next round.
  const revision = (await from.getRevision(accountId)) ?? 0
  let written = 0
  onReached(before)
  for await (const records of batchesAfter(from, accountId, before)) {
    const last = records.at(-1)?.revision ?? before
    await to.transfer.writeInteractions(accountId, records, last)
    written += records.length
    onReached(last)
    if (last >= revision) break
  }
  const reached = (await to.getRevision(accountId)) ?? 0
  // The last change may be one that has left nothing.
  if (reached < revision) await to.transfer.writeInteractions(accountId, [], revision)
  return written
}
