import { type Command, Option } from 'commander'
import {
  type Config,
  type Environment,
  type Flags,
  isGiven,
  readConfig,
  unknownVariables,
} from '../config.ts'
import { SETTINGS, type Setting, type SettingName } from '../settings.ts'
import type { Output } from './output.ts'

/** What a command works with besides its own options. */
export interface Context {
  environment: Environment
  output: Output
}

/** A failure that the user can do something about: told in one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** 1: failed; 2: wrong usage. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The settings that every command on the store takes. */
export const STORE_SETTINGS: SettingName[] = ['database', 'passwordFile', 'masterKeyFile']
export const SERVER_SETTINGS: SettingName[] = [
  'listen',
  ...STORE_SETTINGS,
  'databasePool',
  'publicUrl',
  'region',
  'rateLimit',
  'logLevel',
  'audit',
  'purgeAt',
  'maxConnections',
  'shutdownTimeout',
]
/** `demo` is one process in any case. */
export const SERVE_SETTINGS: SettingName[] = [...SERVER_SETTINGS, 'workers']

/** What stands behind each flag in the help. */
const PLACEHOLDERS: { readonly [name in SettingName]?: string } = {
  listen: 'host:port',
  database: 'url',
  passwordFile: 'file',
  databasePool: 'number',
  masterKeyFile: 'file',
  publicUrl: 'url',
  region: 'name',
  rateLimit: 'number',
  logLevel: 'level',
  audit: 'file',
  purgeAt: 'hh:mm',
  maxConnections: 'number',
  workers: 'number',
  shutdownTimeout: 'seconds',
}

/**
 * Adds the flags of settings to a command; their values come from `configOf`. `defaults` are what its help tells
 * where that differs from the table.
 */
export function withSettings(command: Command, names: SettingName[], defaults: Flags = {}): Command {
  for (const name of names) {
    const setting: Setting = SETTINGS[name]
    if (setting.flag === undefined) continue
    const flags = `${setting.flag} <${PLACEHOLDERS[name] ?? 'value'}>`
    command.addOption(new Option(flags, helpOf(setting, defaults[name])).helpGroup('Settings:'))
  }
  return command
}

/** The help of a setting, with its variable and its default together at the end. */
function helpOf(setting: Setting, fallback = setting.default): string {
  const [, text = '', told] = /^(.*?)(?: \(default: (.*)\))?$/.exec(setting.help) ?? []
  const preset = fallback ?? told
  return `${text} (env: ${setting.env}${preset === undefined ? '' : `, default: ${preset}`})`
}

/** Adds to the help of a command the settings that only the environment has. */
export function tellVariables(command: Command): void {
  const alone = Object.values(SETTINGS).filter((setting: Setting) => setting.flag === undefined)
  const lines = alone.map((setting: Setting) => {
    const fallback = setting.default === undefined ? '' : ` (default: ${setting.default})`
    return `  ${setting.env}\n      ${setting.help}${fallback}`
  })
  command.addHelpText('after', `\nSettings from the environment alone:\n${lines.join('\n')}`)
}

/**
 * The configuration from a command's flags, the environment, the command's own `defaults`, and the general ones.
 * Remarks on variables that look like settings and are none.
 */
export function configOf(
  options: Record<string, unknown>,
  { environment, output }: Context,
  defaults: Flags = {},
): Config {
  for (const variable of unknownVariables(environment)) {
    output.note(`parlance: ${variable} is no setting, so it changes nothing.`)
  }
  const flags = flagsOf(options)
  const missing = Object.entries(defaults).filter(
    ([name]) => !isGiven(name as SettingName, flags, environment),
  )
  return readConfig({ ...flags, ...Object.fromEntries(missing) }, environment)
}

/** The settings among a command's options. */
export function flagsOf(options: Record<string, unknown>): Flags {
  const flags: Flags = {}
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    if (typeof options[name] === 'string') flags[name] = options[name]
  }
  return flags
}

export function jsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON document on stdout')
}
