import { randomBytes } from 'node:crypto'
import { COPYING, type Store } from '../store/store.ts'
import type { InteractionRecord } from '../store/transfer.ts'
import { erasuresOf, tombstonesAfter } from './batches.ts'
import { CopyRefused } from './errors.ts'
import { same } from './same.ts'

/**
 * Closes the target for everything but copies from this source. It has to be empty, or closed by an earlier copy from
 * this source. CopyRefused otherwise, and then it is as it was.
 */
export async function claimTarget(from: Store, to: Store): Promise<void> {
  if ((await from.getSetting(COPYING)) !== undefined) {
    throw new CopyRefused(`A copy into ${from.location} has not ended: it is no source yet.`)
  }
  if (from.location === to.location) throw new CopyRefused(`${to.location} is the source itself.`)
  if ((await to.getSetting(COPYING)) === undefined) await checkEmpty(to)
  else await checkBegun(from, to)
  // One store may go by several names, so the source is looked at for what has just been written to the target.
  const mark = `${randomBytes(6).toString('base64url')} ${from.location}`
  await to.setSetting(COPYING, mark)
  if ((await from.getSetting(COPYING)) === mark) {
    await to.transfer.removeSetting(COPYING)
    throw new CopyRefused(`${to.location} is the source itself, by another name.`)
  }
}

/** Keys alone are made by whatever looks at an empty store, and were never used. */
async function checkEmpty(to: Store): Promise<void> {
  if ((await to.listAccounts(1)).length === 0) return
  throw new CopyRefused(
    `${to.location} holds accounts, by another way or by a copy that has ended, and may have been served. ` +
      'Copy into an empty database, so that none of it is lost.',
  )
}

async function checkBegun(from: Store, to: Store): Promise<void> {
  const ours = new Set((await from.listKeys()).map(({ keyId }) => keyId))
  const foreign = (await to.listKeys()).some(({ keyId }) => !ours.has(keyId))
  const accounts = await to.listAccounts()
  if (foreign && accounts.length > 0) {
    throw new CopyRefused(`${to.location} was begun from another store. Copy into an empty database.`)
  }
  for (const { accountId } of accounts) {
    const theirs = await from.getRevision(accountId)
    const revision = (await to.getRevision(accountId)) ?? 0
    if (theirs === undefined || revision > theirs || !(await cameFrom(from, to, accountId, revision))) {
      throw new CopyRefused(
        `The account ${accountId} in ${to.location} did not come from ${from.location}. Copy into an empty database.`,
      )
    }
  }
}

/** Whether the last change that was copied is the source's: the same, or one that has changed there since. */
async function cameFrom(from: Store, to: Store, accountId: string, revision: number): Promise<boolean> {
  const at = { after: revision - 1, limit: 1 }
  const [last] = await to.transfer.readInteractions(accountId, { ...at, maxBytes: 1 })
  if (last === undefined) {
    const [ours, theirs] = await Promise.all(
      [from, to].map((store) => store.transfer.readTombstones(accountId, at)),
    )
    return theirs?.[0]?.revision !== revision || same(ours, theirs)
  }
  const [there] = await from.transfer.readInteractions(accountId, { ...at, maxBytes: 1 })
  if (there?.revision === revision) {
    return there.id === last.id && Buffer.compare(there.block.deflated, last.block.deflated) === 0
  }
  const source = await from.getInteraction(accountId, last.id)
  return source === undefined ? isErased(from, accountId, last) : source.revision > revision
}

/** Whether the source has erased it since, or is about to. */
async function isErased(
  from: Store,
  accountId: string,
  { id, revision }: InteractionRecord,
): Promise<boolean> {
  for await (const tombstones of tombstonesAfter(from, accountId, revision)) {
    if (tombstones.some((tombstone) => tombstone.id === id)) return true
  }
  for await (const erasures of erasuresOf(from, accountId)) {
    if (erasures.some(({ erasing }) => erasing !== undefined)) return true
  }
  return false
}
