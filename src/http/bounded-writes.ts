import type { PackedDrafts } from '../interaction/packed-drafts.ts'
import type { Draft } from '../interaction/serialise.ts'
import { StoreUnavailable } from '../store/errors.ts'
import type { Store } from '../store/store.ts'
import { Turns } from './turns.ts'

/**
 * Characters of drafts that are handed to the store and not yet written: each is there twice, as a string and
 * as the bytes that the writer takes. Half of them at most are one account's, whose writes may be stuck behind a lock; a
 * larger document is the only one of its account.
 */
const MAX_WRITING = 4 * 1024 * 1024

/** The store, with writes that wait for their turn while many are on their way, as long as the store would let them. */
export function boundWrites(store: Store): Store {
  const turns = new Turns(MAX_WRITING)
  const late = () => new StoreUnavailable('Other writes held the account for too long.')
  return {
    ...store,
    writeInteractions(accountId, drafts, options) {
      if (options?.streamed) return store.writeInteractions(accountId, drafts, options)
      const since = performance.now()
      const write = () => store.writeInteractions(accountId, drafts, { ...options, since })
      return turns.run(accountId, charactersOf(drafts), write, store.lockTimeout, late)
    },
    addMessages(accountId, addition) {
      const { patches, opening } = addition
      const characters = patches.reduce((sum, patch) => sum + patch.length, opening?.json.length ?? 0)
      const add = () => store.addMessages(accountId, addition)
      return turns.run(accountId, characters, add, store.lockTimeout, late)
    },
  }
}

/** Packed, the bytes: some more than characters, where texts are not Latin. */
export function charactersOf(drafts: Draft[] | PackedDrafts): number {
  if (!Array.isArray(drafts)) return drafts.ends.at(-1) ?? 0
  return drafts.reduce((sum, { json }) => sum + json.length, 0)
}
