import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import type { Statement } from '../../../src/store/postgres/wire/encode.ts'

/** Locks an account as a write does, until the function that it gives is called. */
export function holdAccount(url: string, accountId: string): Promise<() => Promise<void>> {
  return hold(url, sql('SELECT revision FROM parlance.revisions WHERE account_id = $1 FOR UPDATE', accountId))
}

/** Keeps everybody from the table of clients, until the function that it gives is called. */
export function blockClients(url: string): Promise<() => Promise<void>> {
  return hold(url, sql('LOCK TABLE parlance.clients IN ACCESS EXCLUSIVE MODE'))
}

/** Keeps what a statement locks. */
async function hold(url: string, locking: Statement): Promise<() => Promise<void>> {
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  const released = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const done = database
    .transaction(async (transaction) => {
      await transaction.run(locking)
      locked.resolve()
      await released.promise
    })
    .catch(locked.reject)
  await locked.promise
  return async () => {
    released.resolve()
    await done
    await database.close()
  }
}
