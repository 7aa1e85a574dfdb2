import { COPYING, type Store } from '../store/store.ts'
import { checkTarget } from './check-target.ts'
import { type Compared, compareStores, Difference, sameAccount, sameDeployment } from './compare.ts'
import { copyAccount } from './copy-account.ts'
import { CopyRefused } from './errors.ts'

/** How often it goes after a source that is still being written to, before it asks for that to stop. */
const MAX_ROUNDS = 5

export interface CopyOptions {
  /** `done` of `total` revisions, twice counted: copied, and compared. */
  onProgress?(done: number, total: number, step: 'copying' | 'comparing'): void
}

export interface Copied extends Compared {
  accounts: number
  clients: number
  keys: number
  /** Interactions that this run has written; those of an interrupted one before it are not among them. */
  written: number
}

/**
 * Copies everything of one store into another that is empty, or that an earlier copy has filled: keys, settings, accounts,
 * clients, used assertions, imports that run, and interactions with their revisions, to the byte. Then reads both and
 * compares them. What an interrupted copy has brought over stays, and the next one goes on behind it; until a copy has
 * been found equal, no other command opens the target.
 *
 * The source may be served and written to meanwhile: what changes comes after. Throws CopyRefused, also where the source
 * does not come to rest.
 */
export async function copyStore(from: Store, to: Store, { onProgress }: CopyOptions = {}): Promise<Copied> {
  await checkTarget(from, to)
  await to.setSetting(COPYING, from.location)
  let written = 0
  for (let round = 1; ; round += 1) {
    written += await copyOnce(from, to, onProgress)
    const compared = await compareOnce(from, to, onProgress)
    if (!(compared instanceof Difference)) {
      await to.transfer.removeSetting(COPYING)
      return { ...compared, ...(await countsOf(to)), written }
    }
    if (!(await hasGoneOn(from, to))) throw new CopyRefused(compared.message)
    if (round === MAX_ROUNDS) {
      throw new CopyRefused(
        `${from.location} is being written to. Stop what writes to it, and copy again: what is over there stays.`,
      )
    }
  }
}

async function copyOnce(from: Store, to: Store, onProgress: CopyOptions['onProgress']): Promise<number> {
  const { settings, keys } = await from.transfer.readDeployment()
  delete settings[COPYING]
  await to.transfer.writeDeployment({ settings, keys })
  const steps = await stepsOf(from)
  let written = 0
  let done = 0
  for (const { accountId, revision } of steps.accounts) {
    written += await copyAccount(from, to, accountId, (reached) =>
      onProgress?.(done + Math.min(reached, revision), 2 * steps.revisions, 'copying'),
    )
    done += revision
  }
  return written
}

async function compareOnce(
  from: Store,
  to: Store,
  onProgress: CopyOptions['onProgress'],
): Promise<Compared | Difference> {
  const { revisions } = await stepsOf(from)
  try {
    return await compareStores(from, to, (done) =>
      onProgress?.(revisions + Math.min(done, revisions), 2 * revisions, 'comparing'),
    )
  } catch (error) {
    if (error instanceof Difference) return error
    throw error
  }
}

async function stepsOf(from: Store) {
  const accounts: { accountId: string; revision: number }[] = []
  for (const { accountId } of await from.listAccounts()) {
    accounts.push({ accountId, revision: (await from.getRevision(accountId)) ?? 0 })
  }
  return { accounts, revisions: accounts.reduce((sum, { revision }) => sum + revision, 0) }
}

/** Whether the source has something that was not there when it was copied. */
async function hasGoneOn(from: Store, to: Store): Promise<boolean> {
  if (!(await sameDeployment(from, to))) return true
  for (const { accountId } of await from.listAccounts()) {
    if (!(await sameAccount(from, to, accountId))) return true
  }
  return false
}

async function countsOf(to: Store) {
  const accounts = await to.listAccounts()
  let clients = 0
  for (const { accountId } of accounts) clients += (await to.listClients(accountId)).length
  return { accounts: accounts.length, clients, keys: (await to.listKeys()).length }
}
