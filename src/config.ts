import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { SETTINGS, type Setting, type SettingName } from './settings.ts'

/** Everything that can be configured, read once. Nothing else in the program looks at the environment. */
export interface Config {
  /** Where to listen; port 0 takes any free one. */
  readonly listen: { readonly host: string; readonly port: number }
  readonly database: string
  readonly databaseOptions: DatabaseOptions
  /** The base of every link and the issuer of tokens, without a slash at the end; undefined: from `listen`. */
  readonly publicUrl: string | undefined
  readonly region: string
  /** 32 bytes that seal the secrets in the store, where given. */
  readonly masterKey: Uint8Array | undefined
  /** Requests a second and client; 0 is off. */
  readonly rateLimit: number
  readonly logLevel: string
  /** Where the audit stream goes: `stdout` or a file; undefined for nowhere. */
  readonly audit: string | undefined
  /** Minutes after midnight UTC from which on the files are purged each day; undefined for never. */
  readonly purgeAt: number | undefined
  /** Whether this deployment gives out tokens of its own and accepts them. */
  readonly ownTokens: boolean
  /** An issuer elsewhere whose tokens are accepted. */
  readonly outsideIssuer: OutsideIssuer | undefined
  readonly maxConnections: number
  /** Processes that `serve` runs. */
  readonly workers: number
  /** Milliseconds that a stopping server gives to what runs. */
  readonly shutdownTimeout: number
}

/** How a PostgreSQL server is used, besides its URL. Times are in milliseconds. */
export interface DatabaseOptions {
  /** Connections at most, of each process. */
  readonly poolSize: number
  /** After this a statement is given up. */
  readonly statementTimeout: number
  /** After this a write that waits for another of its account is given up. */
  readonly lockTimeout: number
  /** Holds the password, where the URL does not. Read for each connection, so that it may be changed. */
  readonly passwordFile: string | undefined
  /** The URL of a replica that listings are read from, where there is one. */
  readonly readUrl: string | undefined
  /** Whether the server keeps statements. `auto`: where connections are the server's own, with no pooler between. */
  readonly preparedStatements: 'auto' | 'on' | 'off'
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

/** Where `token` finds the client's secret: no setting of a deployment, and too secret for a flag. */
export const CLIENT_SECRET_VARIABLE = 'PARLANCE_CLIENT_SECRET'

/** What is wrong with a setting, naming the flag or variable it came from. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Flags over environment over defaults. Throws ConfigError for a value that cannot be used. */
export function readConfig(flags: Flags, environment: Environment, readFile = readText): Config {
  const get = (name: SettingName) => resolve(SETTINGS[name], flags[name], environment)
  const config: Config = {
    listen: listenOf(get('listen')),
    database: databaseOf(get('database')),
    databaseOptions: databaseOptionsOf(get, readFile),
    publicUrl: baseUrlOf(get('publicUrl')),
    region: regionOf(get('region')),
    masterKey: masterKeyOf(get('masterKey'), get('masterKeyFile'), readFile),
    rateLimit: numberOf(get('rateLimit'), 0, 1_000_000),
    logLevel: oneOf(get('logLevel'), ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    audit: auditOf(get('audit')),
    purgeAt: timeOfDayOf(get('purgeAt')),
    ownTokens: oneOf(get('ownTokens'), ['on', 'off']) === 'on',
    outsideIssuer: outsideIssuerOf(get),
    maxConnections: numberOf(get('maxConnections'), 1, 1_000_000),
    workers: workersOf(get('workers')),
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

/** Whether a flag or the environment says something about a setting. */
export function isGiven(name: SettingName, flags: Flags, environment: Environment): boolean {
  return resolve(SETTINGS[name], flags[name], environment).given
}

/** The variables that look like settings and are none: most likely misspelt. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set([CLIENT_SECRET_VARIABLE, ...Object.values(SETTINGS).map(({ env }) => env)])
  return Object.keys(environment).filter((name) => name.startsWith('PARLANCE_') && !known.has(name))
}

interface Value {
  text: string
  /** The flag, variable or default that it came from. */
  source: string
  /** Whether it is more than the default. */
  given: boolean
}

/** An empty variable is as good as none; an empty flag is a value, and mostly a wrong one. */
function resolve(setting: Setting, flag: string | undefined, environment: Environment): Value {
  if (flag !== undefined) return { text: flag.trim(), source: setting.flag ?? setting.env, given: true }
  const variable = environment[setting.env]?.trim() ?? ''
  if (variable !== '') return { text: variable, source: setting.env, given: true }
  return { text: setting.default ?? '', source: `the default of ${setting.env}`, given: false }
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

/** Never repeats the value: it may hold a password. */
function databaseOf({ text, source }: Value): string {
  if (/^(sqlite:|postgres(ql)?:\/\/)./.test(text)) return text
  throw new ConfigError(
    `${source} names no store. Use sqlite:FILE, such as sqlite:data/parlance.db, or postgres://USER@HOST/NAME.`,
  )
}

function databaseOptionsOf(
  get: (name: SettingName) => Value,
  readFile: (path: string) => string,
): DatabaseOptions {
  const passwordFile = get('passwordFile')
  const read = get('databaseRead')
  if (passwordFile.given) contentOf(passwordFile, readFile)
  const prepared = oneOf(get('databasePrepared'), ['auto', 'on', 'off'])
  return Object.freeze({
    poolSize: numberOf(get('databasePool'), 1, 1000),
    statementTimeout: numberOf(get('databaseTimeout'), 1, 3600) * 1000,
    lockTimeout: numberOf(get('databaseLockTimeout'), 1, 3600) * 1000,
    passwordFile: passwordFile.given ? passwordFile.text : undefined,
    readUrl: read.given ? replicaOf(read, get('database')) : undefined,
    preparedStatements: prepared as DatabaseOptions['preparedStatements'],
  })
}

/** Never repeats the value: it may hold a password. */
function replicaOf({ text, source }: Value, primary: Value): string {
  const postgres = /^postgres(ql)?:\/\/./
  if (!postgres.test(text)) {
    throw new ConfigError(`${source} names no replica. Use postgres://USER@HOST/NAME.`)
  }
  if (!postgres.test(primary.text)) {
    throw new ConfigError(`${source} is set, and ${primary.source} names no PostgreSQL server.`)
  }
  return text
}

/** It becomes the `reg` of tokens. */
function regionOf({ text, source }: Value): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text
  throw new ConfigError(`${source}: "${text}" is no name of a region: 1 to 64 letters, digits, _, . and -.`)
}

function baseUrlOf(value: Value): string | undefined {
  if (!value.given) return undefined
  // As URLs are compared: the host in lower case, without the port that goes without saying.
  const { origin, pathname } = new URL(urlOf(value))
  return origin + pathname.replace(/\/+$/, '')
}

function urlOf({ text, source }: Value): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url !== undefined && url.username === '' && url.password === ''
  if (!plain || !/^https?:\/\/[^\s?#]+$/i.test(text)) {
    // What stands before an @ may be a password.
    const shown = text.includes('@') ? '' : `: "${text}"`
    throw new ConfigError(`${source}${shown} is not an http or https URL without query, fragment or user.`)
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

const MAX_WORKERS = 256

function workersOf(value: Value): number {
  if (value.text === 'auto') return Math.min(availableParallelism(), MAX_WORKERS)
  if (/^\d+$/.test(value.text)) return numberOf(value, 1, MAX_WORKERS)
  throw new ConfigError(
    `${value.source}: "${value.text}" is neither auto nor a whole number from 1 to ${MAX_WORKERS}.`,
  )
}

function oneOf({ text, source }: Value, allowed: string[]): string {
  if (!allowed.includes(text)) throw new ConfigError(`${source}: "${text}" is none of ${allowed.join(', ')}.`)
  return text
}

function auditOf({ text, source }: Value): string | undefined {
  if (text === '') throw new ConfigError(`${source} is empty. Use off, stdout or the name of a file.`)
  return text === 'off' ? undefined : text
}

function timeOfDayOf({ text, source }: Value): number | undefined {
  if (text === 'off') return undefined
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hours === undefined) {
    throw new ConfigError(`${source}: "${text}" is neither off nor a time of day (UTC) such as 03:00.`)
  }
  return Number(hours) * 60 + Number(minutes)
}

/** 32 bytes as 64 hexadecimal digits or in base64, from the variable or from the file. */
function masterKeyOf(inline: Value, file: Value, readFile: (path: string) => string): Uint8Array | undefined {
  if (inline.given && file.given) {
    throw new ConfigError(`Both ${inline.source} and ${file.source} are set; set one of them.`)
  }
  if (!inline.given && !file.given) return undefined
  const { source } = inline.given ? inline : file
  const text = inline.given ? inline.text : contentOf(file, readFile)
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length !== 32 || !/^[\w+/=-]+$/.test(text)) {
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
  if (!issuer.given) {
    const alone = (['issuerAudience', 'issuerJwksUrl'] as const).map(get).find(({ given }) => given)
    if (alone !== undefined)
      throw new ConfigError(`${alone.source} is set, and ${SETTINGS.issuer.env} is not.`)
    return undefined
  }
  const audience = get('issuerAudience')
  if (!audience.given) {
    throw new ConfigError(`${SETTINGS.issuerAudience.env} is needed beside ${SETTINGS.issuer.env}.`)
  }
  const jwks = get('issuerJwksUrl')
  const wellKnown = `${issuer.text.replace(/\/+$/, '')}/.well-known/jwks.json`
  return Object.freeze({
    issuer: urlOf(issuer),
    jwksUrl: jwks.given ? urlOf(jwks) : wellKnown,
    audience: audience.text,
    accountClaim: get('issuerAccountClaim').text,
    scopeClaim: get('issuerScopeClaim').text,
  })
}
