import type { Store } from '../store/store.ts'
import type { InteractionRecord } from '../store/transfer.ts'

/** Interactions, and deflated bytes, that are in memory at once of each store. */
const BATCH = { limit: 500, maxBytes: 4 * 1024 * 1024 }

/** An account's interactions after a revision, in order of revision, some at a time. */
export async function* batchesAfter(
  store: Store,
  accountId: string,
  revision: number,
): AsyncGenerator<InteractionRecord[]> {
  for (let after = revision; ; ) {
    const records = await store.transfer.readInteractions(accountId, { after, ...BATCH })
    const last = records.at(-1)
    if (last === undefined) return
    yield records
    after = last.revision
  }
}
