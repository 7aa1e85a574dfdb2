import { COPYING, type Store } from '../store/store.ts'
import { claimTarget } from './claim-target.ts'
import { type Compared, compareStores, Difference, sameAccount, sameDeployment } from './compare.ts'
import { copyAccount } from './copy-account.ts'
import { CopyRefused } from './errors.ts'

/** How often it goes after a source that is still being written to, before it asks for that to stop. */
const MAX_ROUNDS = 5

export interface CopyOptions {
  /** `done` of `total` revisions, which count twice where they are compared as well. */
  onProgress?: ((done: number, total: number, step: 'copying' | 'comparing') => void) | undefined
}

export interface Copied extends Compared {
  accounts: number
  clients: number
  keys: number
  /** Interactions that this run has written; those of runs before it are not among them. */
  written: number
}

/**
 * Copies everything of one store into another one that is empty, or that was begun from it: keys, settings, accounts,
 * clients, used assertions, imports that run, interactions with their revisions, and what is left of erased ones, to the byte. What an interrupted
 * copy has brought over stays, and the next one goes on behind it. Nothing but a copy opens the target, until
 * `finishCopy` has found it equal. The source may be served and written to. Gives how many interactions were written.
 * Throws CopyRefused.
 */
export async function copyMore(from: Store, to: Store, { onProgress }: CopyOptions = {}): Promise<number> {
  await claimTarget(from, to)
  return copyOnce(from, to, (done, total) => onProgress?.(done, total, 'copying'))
}

/**
 * The same; then reads both stores, compares them, and opens the target. From then on nothing is copied into it any more,
 * since it may have been served. Throws CopyRefused, also where the source does not come to rest.
 */
export async function finishCopy(from: Store, to: Store, { onProgress }: CopyOptions = {}): Promise<Copied> {
  await claimTarget(from, to)
  let written = 0
  for (let round = 1; ; round += 1) {
    written += await copyOnce(from, to, (done, total) => onProgress?.(done, 2 * total, 'copying'))
    const compared = await compareOnce(from, to, (done, total) =>
      onProgress?.(total + done, 2 * total, 'comparing'),
    )
    const goneOn = await hasGoneOn(from, to)
    if (!goneOn && compared instanceof Difference) throw new CopyRefused(compared.message)
    if (!goneOn && !(compared instanceof Difference)) {
      const counts = await countsOf(to)
      await to.transfer.removeSetting(COPYING)
      return { ...compared, ...counts, written }
    }
    if (round === MAX_ROUNDS) {
      throw new CopyRefused(
        `${from.location} is being written to. Stop what writes to it, and copy again: what is over there stays.`,
      )
    }
  }
}

type Told = (done: number, total: number) => void

async function copyOnce(from: Store, to: Store, told: Told): Promise<number> {
  const { settings, keys } = await from.transfer.readDeployment()
  const mark = (await to.getSetting(COPYING)) ?? ''
  await to.transfer.writeDeployment({ settings: { ...settings, [COPYING]: mark }, keys })
  const steps = await stepsOf(from)
  let written = 0
  let done = 0
  for (const { accountId, revision } of steps.accounts) {
    written += await copyAccount(from, to, accountId, (reached) =>
      told(done + Math.min(reached, revision), steps.revisions),
    )
    done += revision
  }
  return written
}

async function compareOnce(from: Store, to: Store, told: Told): Promise<Compared | Difference> {
  const { revisions } = await stepsOf(from)
  try {
    return await compareStores(from, to, (done) => told(Math.min(done, revisions), revisions))
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
