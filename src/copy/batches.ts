import type { Tombstone } from '../store/erasure.ts'
import type { Store } from '../store/store.ts'
import type { ErasedCustomer, ErasureRecord, InteractionRecord } from '../store/transfer.ts'

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

/** An account's tombstones after a revision, in the same way. */
export async function* tombstonesAfter(
  store: Store,
  accountId: string,
  revision: number,
): AsyncGenerator<Tombstone[]> {
  for (let after = revision; ; ) {
    const tombstones = await store.transfer.readTombstones(accountId, { after, limit: BATCH.limit })
    const last = tombstones.at(-1)
    if (last === undefined) return
    yield tombstones
    after = last.revision
  }
}

/** The customers whom an account has erased, in order of hash. */
export async function* erasedCustomersOf(store: Store, accountId: string): AsyncGenerator<ErasedCustomer[]> {
  for (let after: Uint8Array | undefined; ; ) {
    const query = { limit: BATCH.limit, ...(after !== undefined && { after }) }
    const customers = await store.transfer.readErasedCustomers(accountId, query)
    const last = customers.at(-1)
    if (last === undefined) return
    yield customers
    after = last.hash
  }
}

/** An account's erasures, in order of id. */
export async function* erasuresOf(store: Store, accountId: string): AsyncGenerator<ErasureRecord[]> {
  for (let after: string | undefined; ; ) {
    const query = { limit: BATCH.limit, ...(after !== undefined && { after }) }
    const erasures = await store.transfer.readErasures(accountId, query)
    const last = erasures.at(-1)
    if (last === undefined) return
    yield erasures
    after = last.erasureId
  }
}
