import { readFileSync } from 'node:fs'
import { SETTINGS, type Setting, type SettingName } from './settings.ts'

/** Everything that can be configured, read once. Nothing else in the program looks at the environment. */
export interface Config {
  /** Where to listen; port 0 takes any free one. */
  readonly listen: { readonly host: string; readonly port: number }
  readonly database: string
  /** The base of every link and the issuer of tokens, without a slash at the end; undefined: from `listen`. */
  readonly publicUrl: string | undefined
  readonly region: string
  /** 32 bytes that seal the secrets in the store, where given. */
  readonly masterKey: Uint8Array | undefined
  /** Requests a second and client; 0 is off. */
  readonly rateLimit: number
  readonly logLevel: string
  /** Whether this deployment gives out tokens of its own and accepts them. */
  readonly ownTokens: boolean
  /** An issuer elsewhere whose tokens are accepted. */
  readonly outsideIssuer: OutsideIssuer | undefined
  readonly maxConnections: number
  /** Milliseconds that a stopping server gives to what runs. */
  readonly shutdownTimeout: number
}

export interface OutsideIssuer {
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience: string
  /** The claim that holds the account, `aid` unless told otherwise. */
  readonly accountClaim: string
  /** The claim that holds the scopes, as a string or an array; `scp`, and where it is absent `scope`. */
  readonly scopeClaim: string
}

export type Flags = Partial<Record<SettingName, string>>
export type Environment = Readonly<Record<string, string | undefined>>

/** What is wrong with a setting, naming the flag or variable it came from. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Flags over environment over defaults. Throws ConfigError for a value that cannot be used. */
export function readConfig(flags: Flags, environment: Environment, readFile = readText): Config {
  const get = (name: SettingName) => resolve(SETTINGS[name], flags[name], environment)
  const config: Config = {
    listen: listenOf(get('listen')),
    database: get('database').text,
    publicUrl: baseUrlOf(get('publicUrl')),
    region: get('region').text,
    masterKey: masterKeyOf(get('masterKey'), get('masterKeyFile'), readFile),
    rateLimit: numberOf(get('rateLimit'), 0, 1_000_000),
    logLevel: oneOf(get('logLevel'), ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    ownTokens: oneOf(get('ownTokens'), ['on', 'off']) === 'on',
    outsideIssuer: outsideIssuerOf(get),
    maxConnections: numberOf(get('maxConnections'), 1, 1_000_000),
    shutdownTimeout: numberOf(get('shutdownTimeout'), 0, 3600) * 1000,
  }
  if (!config.ownTokens && config.outsideIssuer === undefined) {
    throw new ConfigError(
      `${SETTINGS.ownTokens.env} is off and no other issuer is trusted, so nobody could ever ask for anything. ` +
        `Set ${SETTINGS.issuer.env}, or leave ${SETTINGS.ownTokens.env} on.`,
    )
  }
  return Object.freeze(config)
}

interface Value {
  text: string
  /** The flag, variable or default that it came from. */
  source: string
}

function resolve(setting: Setting, flag: string | undefined, environment: Environment): Value {
  if (flag !== undefined) return { text: flag.trim(), source: setting.flag ?? setting.env }
  const variable = environment[setting.env]
  if (variable !== undefined && variable !== '') return { text: variable.trim(), source: setting.env }
  return { text: setting.default ?? '', source: `the default of ${setting.env}` }
}

function listenOf({ text, source }: Value): Config['listen'] {
  const match = /^(?:(.*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match === null || port > 65_535) {
    throw new ConfigError(`${source}: "${text}" is not an address such as 127.0.0.1:8080 or [::1]:8080.`)
  }
  const host = (match[1] ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1')
  return { host: host === '' ? '0.0.0.0' : host, port }
}

function baseUrlOf({ text, source }: Value): string | undefined {
  if (text === '') return undefined
  return urlOf({ text, source }).replace(/\/+$/, '')
}

function urlOf({ text, source }: Value): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url !== undefined && url.search === '' && url.hash === '' && url.username === ''
  if (!plain || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(`${source}: "${text}" is not an http or https URL without query, fragment or user.`)
  }
  return text
}

function numberOf({ text, source }: Value, min: number, max: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < min || number > max) {
    throw new ConfigError(`${source}: "${text}" is not a whole number from ${min} to ${max}.`)
  }
  return number
}

function oneOf({ text, source }: Value, allowed: string[]): string {
  if (!allowed.includes(text)) throw new ConfigError(`${source}: "${text}" is none of ${allowed.join(', ')}.`)
  return text
}

/** 32 bytes as 64 hexadecimal digits or in base64, from the variable or from the file. */
function masterKeyOf(inline: Value, file: Value, readFile: (path: string) => string): Uint8Array | undefined {
  if (inline.text !== '' && file.text !== '') {
    throw new ConfigError(`Both ${inline.source} and ${file.source} are set; set one of them.`)
  }
  if (inline.text === '' && file.text === '') return undefined
  const text = inline.text !== '' ? inline.text : contentOf(file, readFile)
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length !== 32 || !/^[\w+/=-]+$/.test(text)) {
    const source = inline.text !== '' ? inline.source : file.source
    throw new ConfigError(
      `${source}: a master key is 32 bytes, as 64 hexadecimal digits or base64 (openssl rand -hex 32).`,
    )
  }
  return new Uint8Array(key)
}

function contentOf({ text: path, source }: Value, readFile: (path: string) => string): string {
  try {
    return readFile(path).trim()
  } catch (error) {
    throw new ConfigError(`${source}: cannot read ${path}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}

function outsideIssuerOf(get: (name: SettingName) => Value): OutsideIssuer | undefined {
  const issuer = get('issuer')
  if (issuer.text === '') return undefined
  const audience = get('issuerAudience')
  if (audience.text === '') {
    throw new ConfigError(`${SETTINGS.issuerAudience.env} is needed beside ${SETTINGS.issuer.env}.`)
  }
  const jwks = get('issuerJwksUrl')
  const wellKnown = `${issuer.text.replace(/\/+$/, '')}/.well-known/jwks.json`
  return Object.freeze({
    issuer: urlOf(issuer),
    jwksUrl: jwks.text === '' ? wellKnown : urlOf(jwks),
    audience: audience.text,
    accountClaim: get('issuerAccountClaim').text,
    scopeClaim: get('issuerScopeClaim').text,
  })
}
