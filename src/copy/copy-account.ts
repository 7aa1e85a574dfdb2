import type { Store } from '../store/store.ts'
import { batchesAfter, erasedCustomersOf, erasuresOf, tombstonesAfter } from './batches.ts'
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
  let reached = before
  onReached(before)
  for await (const records of batchesAfter(from, accountId, before)) {
    const last = records.at(-1)?.revision ?? reached
    await copyTombstones(from, to, accountId, { after: reached, upTo: last })
    await to.transfer.writeInteractions(accountId, records, last)
    written += records.length
    reached = last
    onReached(last)
    if (last >= revision) break
  }
  await copyTombstones(from, to, accountId, { after: reached, upTo: revision })
  // The last change may be one that has left nothing.
  if (reached < revision) await to.transfer.writeInteractions(accountId, [], revision)
  await copyErasures(from, to, accountId)
  return written
}

/**
 * Copies tombstones of some revisions. The target's revision stays what it was: it is the place from which an interrupted copy
 * goes on, and the interactions of these revisions follow.
 */
async function copyTombstones(
  from: Store,
  to: Store,
  accountId: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<void> {
  for await (const tombstones of tombstonesAfter(from, accountId, after)) {
    const wanted = tombstones.filter(({ revision }) => revision <= upTo)
    if (wanted.length > 0) await to.transfer.writeTombstones(accountId, wanted, after)
    if (wanted.length < tombstones.length) return
  }
}

/** Copies all that is known of erasures: they change without taking a revision. */
async function copyErasures(from: Store, to: Store, accountId: string): Promise<void> {
  for await (const customers of erasedCustomersOf(from, accountId)) {
    await to.transfer.writeErasedCustomers(accountId, customers)
  }
  for await (const erasures of erasuresOf(from, accountId)) {
    await to.transfer.writeErasures(accountId, erasures)
  }
}
