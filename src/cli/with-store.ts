import type { Config } from '../config.ts'
import { openStore } from '../store/open.ts'
import type { Account, Store } from '../store/store.ts'
import { CommandError } from './command.ts'

/** Opens the store for as long as `use` runs. */
export async function withStore<Result>(
  config: Config,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(config.database, config.databaseOptions)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** The account that an operator names. */
export async function accountNamed(store: Store, accountId: string): Promise<Account> {
  const account = await store.getAccount(accountId)
  if (account === undefined) {
    throw new CommandError(
      `There is no account ${accountId} in ${store.location}. See: parlance account list`,
    )
  }
  return account
}
