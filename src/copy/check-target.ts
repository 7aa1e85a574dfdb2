import { COPYING, type Store } from '../store/store.ts'
import { CopyRefused } from './errors.ts'

/** A target is empty, or has been filled from this source and not gone on by itself. CopyRefused otherwise. */
export async function checkTarget(from: Store, to: Store): Promise<void> {
  if ((await from.getSetting(COPYING)) !== undefined) {
    throw new CopyRefused(`A copy into ${from.location} has not ended: it is no source yet.`)
  }
  if (from.location === to.location) throw new CopyRefused(`${to.location} is the source itself.`)
  const accounts = await to.listAccounts()
  const keys = await to.listKeys()
  if (accounts.length === 0 && keys.length === 0) return

  const ours = new Set((await from.listKeys()).map(({ keyId }) => keyId))
  const foreign = keys.some(({ keyId }) => !ours.has(keyId))
  const unfinished = (await to.getSetting(COPYING)) !== undefined
  if (foreign || (keys.length === 0 && !unfinished)) {
    throw new CopyRefused(
      `${to.location} holds another deployment's data. Copy into an empty database, so that none of it is lost.`,
    )
  }
  for (const { accountId } of accounts) await checkAccount(from, to, accountId)
}

async function checkAccount(from: Store, to: Store, accountId: string): Promise<void> {
  const theirs = await from.getRevision(accountId)
  const ours = (await to.getRevision(accountId)) ?? 0
  if (theirs === undefined) {
    throw new CopyRefused(
      `${to.location} has the account ${accountId}, which ${from.location} has not. Copy into an empty database.`,
    )
  }
  if (ours > theirs || !(await cameFrom(from, to, accountId, ours))) {
    throw new CopyRefused(
      `The account ${accountId} in ${to.location} has been written to by itself. Copy into an empty database.`,
    )
  }
}

/** Whether the last interaction that was copied is the source's: the same, or one that has changed there since. */
async function cameFrom(from: Store, to: Store, accountId: string, revision: number): Promise<boolean> {
  const [last] = await to.transfer.readInteractions(accountId, {
    after: revision - 1,
    limit: 1,
    maxBytes: 1,
  })
  if (last === undefined) return true
  const source = await from.getInteraction(accountId, last.id)
  if (source === undefined || source.revision < last.revision) return false
  return (
    source.revision > last.revision || Buffer.compare(source.document.deflated, last.block.deflated) === 0
  )
}
