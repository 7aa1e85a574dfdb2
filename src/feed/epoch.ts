import { randomBytes } from 'node:crypto'
import type { Store } from '../store/store.ts'

const EPOCH = 'epoch'

/**
 * The store's epoch: another one after a backup was restored, when the revisions that followers have seen may come again
 * with another meaning. Empty until then.
 */
export async function epochOf(store: Pick<Store, 'getSetting'>): Promise<string> {
  return (await store.getSetting(EPOCH)) ?? ''
}

/** From now on cursors of feeds that were given out before are refused (410). */
export async function renewEpoch(store: Pick<Store, 'setSetting'>): Promise<string> {
  const epoch = randomBytes(6).toString('base64url')
  await store.setSetting(EPOCH, epoch)
  return epoch
}
