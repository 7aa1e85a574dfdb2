import { describe } from 'node:test'
import { accountContract } from './accounts.ts'
import { additionsContract } from './additions.ts'
import { changesContract } from './changes.ts'
import { clientContract } from './clients.ts'
import { type StoreDriver, shareStore } from './driver.ts'
import { erasureTransferContract } from './erasure-transfer.ts'
import { erasuresContract } from './erasures.ts'
import { erasuresAtOnceContract } from './erasures-at-once.ts'
import { importContract } from './imports.ts'
import { isolationContract } from './isolation.ts'
import { keptMessagesContract } from './kept-messages.ts'
import { keyContract } from './keys.ts'
import { lifecycleContract } from './lifecycle.ts'
import { listingContract } from './listing.ts'
import { modelContract } from './model.ts'
import { openListingContract } from './open-listing.ts'
import { pagingContract } from './paging.ts'
import { preconditionContract } from './preconditions.ts'
import { readContract } from './reads.ts'
import { sweepingContract } from './sweeping.ts'
import { transcriptsContract } from './transcripts.ts'
import { transferContract } from './transfer.ts'
import { writeContract } from './writes.ts'

/** What every store promises, written against the interface alone. */
export function storeContract(driver: StoreDriver): void {
  describe(`the store on ${driver.name}`, () => {
    const shared = shareStore(driver)
    lifecycleContract(driver)
    accountContract(shared)
    clientContract(shared)
    keyContract(driver, shared)
    writeContract(driver, shared)
    preconditionContract(shared)
    keptMessagesContract(shared)
    readContract(shared)
    listingContract(shared)
    pagingContract(shared)
    changesContract(shared)
    additionsContract(shared)
    transcriptsContract(shared)
    openListingContract(shared)
    erasuresContract(shared)
    erasuresAtOnceContract(shared)
    sweepingContract(driver, shared)
    modelContract(shared)
    importContract(driver, shared)
    transferContract(driver, shared)
    erasureTransferContract(shared)
    isolationContract(shared)
  })
}
