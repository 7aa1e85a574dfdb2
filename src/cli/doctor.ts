import type { Command } from 'commander'
import { openKeyring } from '../auth/keyring.ts'
import { type Config, ConfigError, readConfig, unknownVariables } from '../config.ts'
import { openStore } from '../store/open.ts'
import type { Inspection, Store } from '../store/store.ts'
import {
  CommandError,
  type Context,
  flagsOf,
  jsonOption,
  SERVE_SETTINGS,
  tellVariables,
  withSettings,
} from './command.ts'
import { erasuresCheck } from './doctor-erasures.ts'

export function doctorCommand(command: Command, context: Context): void {
  withSettings(jsonOption(command), SERVE_SETTINGS).action(async (options) => {
    const checks = await examine(options, context)
    const wrong = checks.filter((check) => !check.ok)
    if (options.json === true) context.output.json({ ok: wrong.length === 0, checks })
    else for (const check of checks) context.output.line(textOf(check))
    if (wrong.length > 0) throw new CommandError(`${wrong.length} of ${checks.length} checks failed.`)
  })
  tellVariables(command)
}

function textOf({ name, ok, detail, advice }: Inspection): string {
  const line = `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}`
  return advice === undefined ? line : `${line}\n      → ${advice}`
}

async function examine(options: Record<string, unknown>, { environment }: Context): Promise<Inspection[]> {
  const unknown = unknownVariables(environment).map((variable) => ({
    name: 'environment',
    ok: false,
    detail: `${variable} is no setting, so it changes nothing`,
    advice: 'Correct its spelling (parlance serve --help lists them all), or unset it.',
  }))
  let config: Config
  try {
    config = readConfig(flagsOf(options), environment)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [...unknown, { name: 'configuration', ok: false, detail: error.message }]
  }
  return [...unknown, ...configChecks(config), ...(await storeChecks(config))]
}

function configChecks(config: Config): Inspection[] {
  const url = config.publicUrl
  const local = url === undefined || /^http:\/\/(localhost|127\.|\[::1\])/.test(url)
  const secure = local || url.startsWith('https:')
  return [
    {
      name: 'configuration',
      ok: true,
      detail: `region ${config.region}, listening on ${listenText(config)}`,
    },
    {
      name: 'public URL',
      ok: secure,
      detail: url ?? 'from the listening address',
      advice: secure
        ? undefined
        : 'Tokens travel in the clear: serve https, and set PARLANCE_PUBLIC_URL to it.',
    },
    {
      name: 'master key',
      ok: true,
      detail: config.masterKey === undefined ? 'none given' : 'given',
    },
  ]
}

function listenText({ listen: { host, port } }: Config): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

async function storeChecks(config: Config): Promise<Inspection[]> {
  let store: Store
  try {
    store = await openStore(config.database, config.databaseOptions)
  } catch (error) {
    return [{ name: 'store', ok: false, detail: (error as Error).message }]
  }
  try {
    return [
      ...(await store.inspect()),
      await keysCheck(store, config),
      await accountsCheck(store),
      await erasuresCheck(store, Date.now()),
    ]
  } finally {
    await store.close()
  }
}

async function keysCheck(store: Store, config: Config): Promise<Inspection> {
  try {
    await openKeyring(store, config.masterKey)
    const keys = await store.listKeys()
    const sealed = keys.filter((key) => key.sealed).length
    return { name: 'keys', ok: true, detail: `${keys.length}, of which ${sealed} sealed` }
  } catch (error) {
    return { name: 'keys', ok: false, detail: (error as Error).message }
  }
}

async function accountsCheck(store: Store): Promise<Inspection> {
  const accounts = await store.listAccounts()
  const clients = await Promise.all(accounts.map((account) => store.listClients(account.accountId)))
  return {
    name: 'accounts',
    ok: true,
    detail: `accounts: ${accounts.length}, clients: ${clients.flat().length}`,
    advice: accounts.length === 0 ? 'Create one: parlance account create NAME' : undefined,
  }
}
