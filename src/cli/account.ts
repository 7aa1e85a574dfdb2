import type { Command } from 'commander'
import { isAccountId, newAccountId } from '../auth/ids.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { table } from './output.ts'
import { accountNamed, withStore } from './with-store.ts'

export function accountCommand(account: Command, context: Context): void {
  createCommand(account, context)
  listCommand(account, context)
  setCommand(account, context)
}

function createCommand(account: Command, context: Context): void {
  const command = account
    .command('create')
    .description('create an account')
    .argument('<name>', 'what people call it')
    .option('--id <id>', "its id, where an outside issuer's tokens name it (default: a new one)")
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (name: string, options) => {
    const accountId = options.id ?? newAccountId()
    checkName(name)
    if (!isAccountId(accountId)) {
      throw new CommandError(`"${accountId}" cannot be an account id: 1 to 64 letters, digits, _ and -.`, 2)
    }
    await withStore(configOf(options, context), async (store) => {
      if (!(await store.createAccount({ accountId, name, createdAt: Date.now() }))) {
        throw new CommandError(`There is an account ${accountId} already.`)
      }
    })
    if (options.json === true) context.output.json({ account_id: accountId, name })
    else context.output.line(accountId)
  })
}

function listCommand(account: Command, context: Context): void {
  const command = account.command('list').description('list the accounts, oldest first')
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (options) => {
    const accounts = await withStore(configOf(options, context), async (store) => {
      const all = await store.listAccounts()
      return Promise.all(
        all.map(async (each) => ({ ...each, revision: (await store.getRevision(each.accountId)) ?? 0 })),
      )
    })
    if (options.json === true) {
      context.output.json({
        accounts: accounts.map(({ accountId, name, createdAt, revision }) => ({
          account_id: accountId,
          name,
          created_at: new Date(createdAt).toISOString(),
          revision,
        })),
      })
      return
    }
    const rows = accounts.map(({ accountId, name, createdAt, revision }) => [
      accountId,
      name,
      new Date(createdAt).toISOString(),
      String(revision),
    ])
    context.output.line(table(['ACCOUNT', 'NAME', 'CREATED', 'REVISION'], rows))
  })
}

function setCommand(account: Command, context: Context): void {
  const command = account
    .command('set')
    .description('change an account')
    .argument('<id>', 'the account')
    .requiredOption('--name <name>', 'what people call it')
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (accountId: string, options) => {
    checkName(options.name)
    await withStore(configOf(options, context), async (store) => {
      await accountNamed(store, accountId)
      await store.renameAccount(accountId, options.name)
    })
    if (options.json === true) context.output.json({ account_id: accountId, name: options.name })
    else context.output.note(`Account ${accountId} is now called ${options.name}.`)
  })
}

const MAX_NAME = 200

function checkName(name: string): void {
  if (name.trim() === '' || name.length > MAX_NAME || !name.isWellFormed()) {
    throw new CommandError(`A name has 1 to ${MAX_NAME} characters.`, 2)
  }
}
