import type { PackedDrafts } from '../interaction/packed-drafts.ts'
import type { Draft } from '../interaction/serialise.ts'
import type { Store } from '../store/store.ts'
import { Turns } from './turns.ts'

/**
 * Characters of drafts that are handed to the store and not yet written: each is there twice, as a string and
 * as the bytes that the writer takes. A larger document runs alone.
 */
const MAX_WRITING = 4 * 1024 * 1024

/** The store, with writes that wait for their turn while many are on their way. */
export function boundWrites(store: Store): Store {
  const turns = new Turns(MAX_WRITING)
  return {
    ...store,
    writeInteractions: (accountId, drafts, options) =>
      turns.run(charactersOf(drafts), () => store.writeInteractions(accountId, drafts, options)),
  }
}

/** Packed, the bytes: some more than characters, where texts are not Latin. */
export function charactersOf(drafts: Draft[] | PackedDrafts): number {
  if (!Array.isArray(drafts)) return drafts.ends.at(-1) ?? 0
  return drafts.reduce((sum, { json }) => sum + json.length, 0)
}
