import type { DatabaseSync } from 'node:sqlite'
import { accountWrites } from './accounts.ts'
import { clientWrites } from './clients.ts'
import { importWrites } from './imports.ts'
import { interactionWrites } from './interactions/write.ts'
import { keyWrites } from './keys.ts'
import { transferWrites } from './transfer.ts'

/** Everything that writes, on one connection. Runs in the writer thread, inside its transaction. */
export function operationsOn(db: DatabaseSync) {
  return {
    ...accountWrites(db),
    ...clientWrites(db),
    ...keyWrites(db),
    ...importWrites(db),
    ...interactionWrites(db),
    ...transferWrites(db),
  }
}

export type Operations = ReturnType<typeof operationsOn>
