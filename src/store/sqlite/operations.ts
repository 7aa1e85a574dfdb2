import type { DatabaseSync } from 'node:sqlite'
import { accountWrites } from './accounts.ts'
import { claimWrites } from './claims.ts'
import { clientWrites } from './clients.ts'
import { importWrites } from './imports.ts'
import { additionWrites } from './interactions/add.ts'
import { erasureWrites } from './interactions/erase.ts'
import { expiryWrites } from './interactions/expire.ts'
import { idleWrites } from './interactions/idle.ts'
import { interactionKeeping } from './interactions/keep.ts'
import { runWrites } from './interactions/runs.ts'
import { interactionWrites } from './interactions/write.ts'
import { keyWrites } from './keys.ts'
import { purgeOn } from './purge.ts'
import { transferWrites } from './transfer.ts'

/**
 * Everything that writes, on one connection. Runs in the writer thread, inside its transaction, which flushes the runs
 * before it is committed; all but `purge`, which runs in none.
 */
export function operationsOn(db: DatabaseSync, runs = runWrites(db)) {
  const interactions = interactionKeeping(db, runs)
  return {
    ...accountWrites(db),
    ...clientWrites(db),
    ...keyWrites(db),
    ...importWrites(db),
    ...interactionWrites(db, interactions),
    ...additionWrites(db, interactions),
    ...erasureWrites(db, interactions),
    ...idleWrites(db, interactions),
    ...expiryWrites(db, interactions, runs),
    ...claimWrites(db),
    ...transferWrites(db, interactions),
    purge: purgeOn(db),
  }
}

export type Operations = ReturnType<typeof operationsOn>
