import type { Command } from 'commander'
import { isAccountId, newAccountId } from '../auth/ids.ts'
import { DEFAULT_REDACTION, KINDS } from '../interaction/redact/settings.ts'
import type { AccountSettings, Store } from '../store/store.ts'
import { type KeepingOptions, keepingIn, keepingJson, keepingNotes, withKeeping } from './account-keeping.ts'
import { changedRedaction, type RedactionOptions, redactionText } from './account-redaction.ts'
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
  withSettings(jsonOption(withKeeping(command)), STORE_SETTINGS).action(async (name: string, options) => {
    const accountId = options.id ?? newAccountId()
    checkName(name)
    const settings = keepingIn(options)
    if (!isAccountId(accountId)) {
      throw new CommandError(`"${accountId}" cannot be an account id: 1 to 64 letters, digits, _ and -.`, 2)
    }
    await withStore(configOf(options, context), async (store) => {
      if (!(await store.createAccount({ accountId, name, createdAt: Date.now(), ...settings }))) {
        throw new CommandError(`There is an account ${accountId} already.`)
      }
    })
    if (options.json === true) context.output.json({ account_id: accountId, name, ...keepingJson(settings) })
    else context.output.line(accountId)
    if (options.json !== true) keepingNotes(accountId, settings).forEach(context.output.note)
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
        accounts: accounts.map(({ accountId, name, createdAt, revision, redaction, ...settings }) => ({
          account_id: accountId,
          name,
          created_at: new Date(createdAt).toISOString(),
          revision,
          redaction: redaction ?? DEFAULT_REDACTION,
          ...keepingJson(settings),
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

interface SetOptions extends RedactionOptions, KeepingOptions {
  name?: string
  json?: boolean
}

function setCommand(account: Command, context: Context): void {
  const command = account
    .command('set')
    .description('change an account')
    .argument('<id>', 'the account')
    .option('--name <name>', 'what people call it')
    .option('--redact <kinds>', `what is taken out of texts: ${KINDS.join(',')}; none`)
    .option(
      '--redact-pattern <name=regex...>',
      'patterns of its own (RE2), in the place of those it has; none',
    )
    .addHelpText(
      'after',
      '\nWhat is redacted becomes [CARD], [EMAIL], [NAME] before it is stored; what is\n' +
        'stored already stays. Servers that run follow within five seconds; retention and\n' +
        'idle times hold for what is stored already too, within a minute. Retention is\n' +
        '1 to 36500 days (default: none), an idle time 1m to 365d (default: 24h).',
    )
  withSettings(jsonOption(withKeeping(command)), STORE_SETTINGS).action(
    async (accountId: string, options: SetOptions) => {
      const { name } = options
      const keeping = keepingIn(options)
      if (CHANGES.every((option) => options[option] === undefined)) {
        throw new CommandError(
          'Nothing to change: give --name, --redact, --redact-pattern, --retention-days or --idle-after.',
          2,
        )
      }
      if (name !== undefined) checkName(name)
      const config = configOf(options as Record<string, unknown>, context)
      const redaction = await withStore(config, (store) => change(store, accountId, options, keeping))
      if (options.json === true) {
        context.output.json({ account_id: accountId, name, redaction, ...changedJson(keeping) })
        return
      }
      if (name !== undefined) context.output.note(`Account ${accountId} is now called ${name}.`)
      if (redaction !== undefined) {
        const kinds = redactionText(redaction)
        context.output.note(`From now on, redacted in what ${accountId} stores: ${kinds}.`)
      }
      keepingNotes(accountId, keeping).forEach(context.output.note)
    },
  )
}

const CHANGES = ['name', 'redact', 'redactPattern', 'retentionDays', 'idleAfter'] as const

/** Only what was changed. */
function changedJson(keeping: AccountSettings) {
  const { retention_days, idle_seconds } = keepingJson(keeping)
  return {
    ...('retentionDays' in keeping && { retention_days }),
    ...('idleSeconds' in keeping && { idle_seconds }),
  }
}

/** Changes what is given and keeps the rest; gives the redaction, where that was changed. */
async function change(store: Store, accountId: string, options: SetOptions, keeping: AccountSettings) {
  const { redaction: before, retentionDays, idleSeconds } = await accountNamed(store, accountId)
  const { name, redact, redactPattern } = options
  const redacts = redact !== undefined || redactPattern !== undefined
  const redaction = redacts ? await changedRedaction(options, before) : undefined
  if (name !== undefined) await store.renameAccount(accountId, name)
  if (redacts || Object.keys(keeping).length > 0) {
    const settings = { redaction: redaction ?? before, retentionDays, idleSeconds, ...keeping }
    await store.setAccountSettings(accountId, settings as AccountSettings)
  }
  return redaction
}

const MAX_NAME = 200

function checkName(name: string): void {
  if (name.trim() === '' || name.length > MAX_NAME || !name.isWellFormed()) {
    throw new CommandError(`A name has 1 to ${MAX_NAME} characters.`, 2)
  }
}
