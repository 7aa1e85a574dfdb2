import { type Command, Option } from 'commander'
import { type Config, type Environment, type Flags, readConfig } from '../config.ts'
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

/** Adds the flags of settings to a command; their values come from `configOf`. */
export function withSettings(command: Command, names: SettingName[]): Command {
  for (const name of names) {
    const setting: Setting = SETTINGS[name]
    if (setting.flag === undefined) continue
    const fallback = setting.default === undefined ? '' : `, default: ${setting.default}`
    command.addOption(
      new Option(`${setting.flag} <value>`, `${setting.help} (env: ${setting.env}${fallback})`),
    )
  }
  return command
}

/** The configuration from a command's flags, the environment and the defaults. */
export function configOf(options: Record<string, unknown>, { environment }: Context): Config {
  const flags: Flags = {}
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    if (typeof options[name] === 'string') flags[name] = options[name]
  }
  return readConfig(flags, environment)
}

/** The settings that every command on the store takes. */
export const STORE_SETTINGS: SettingName[] = ['database', 'masterKeyFile']
export const SERVER_SETTINGS: SettingName[] = [
  'listen',
  ...STORE_SETTINGS,
  'publicUrl',
  'region',
  'rateLimit',
  'logLevel',
  'maxConnections',
  'shutdownTimeout',
]

export function jsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON document on stdout')
}
