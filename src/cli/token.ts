import type { Command } from 'commander'
import { accountOfClientId } from '../auth/ids.ts'
import { openKeyring } from '../auth/keyring.ts'
import { mintAccessToken, TOKEN_LIFETIME_SECONDS } from '../auth/mint.ts'
import { scopesOf } from '../auth/scopes.ts'
import { checkSecret } from '../auth/secret.ts'
import { CLIENT_SECRET_VARIABLE, isGiven } from '../config.ts'
import { SERVED_REGION, SERVED_URL } from '../served.ts'
import type { SettingName } from '../settings.ts'
import {
  CommandError,
  type Context,
  configOf,
  flagsOf,
  jsonOption,
  STORE_SETTINGS,
  withSettings,
} from './command.ts'
import { isRegion, REGIONS, talkdeskTokenUrl } from './regions.ts'
import { requestToken } from './request-token.ts'
import { readTextFile } from './text-file.ts'
import { withStore } from './with-store.ts'

interface TokenOptions {
  clientId: string
  clientSecret?: string
  privateKey?: string
  keyId?: string
  scope?: string
  url?: string
  talkdeskRegion?: string
  talkdeskAccount?: string
  json?: boolean
}

export interface TokenResponse {
  access_token: string
  token_type: string
  expires_in: number
  scope: string
}

/** What stands in the help for the settings that the last server left in the store. */
const AS_SERVED = { publicUrl: 'as last served', region: 'as last served' }

export function tokenCommand(command: Command, context: Context): void {
  command
    .requiredOption('--client-id <id>', 'the client')
    .option('--client-secret <secret>', `its secret (better: env ${CLIENT_SECRET_VARIABLE})`)
    .option('--private-key <file>', 'PEM of its private key, for private_key_jwt')
    .option('--key-id <kid>', 'the "kid" of that key (default: its thumbprint)')
    .option('--scope <scopes>', 'space-separated (default: all that the client was granted)')
    .option('--url <base>', 'ask the server with this base URL')
    .option('--talkdesk-region <region>', `ask Talkdesk: ${Object.keys(REGIONS).join(', ')}`)
    .option('--talkdesk-account <name>', "with it: the account's name, as in its own host")
    .addHelpText(
      'after',
      '\nWithout --url and --talkdesk-region no server is asked: who holds the store\n' +
        'needs no secret, and the token is made and signed here. A secret, where given,\n' +
        'is checked all the same.',
    )
  const settings: SettingName[] = [...STORE_SETTINGS, 'publicUrl', 'region']
  withSettings(jsonOption(command), settings, AS_SERVED).action(async (given) => {
    const fromEnvironment = context.environment[CLIENT_SECRET_VARIABLE] || undefined
    const options: TokenOptions = { ...given, clientSecret: given.clientSecret ?? fromEnvironment }
    const tokenUrl = tokenUrlOf(options)
    const token =
      tokenUrl === undefined ? await makeToken(options, context) : await askForToken(tokenUrl, options)
    if (options.json === true) context.output.json(token)
    else context.output.line(token.access_token)
  })
}

/** Where to ask; undefined where the token is made here. */
function tokenUrlOf(options: TokenOptions): string | undefined {
  const { url, talkdeskRegion, talkdeskAccount, privateKey } = options
  if (talkdeskRegion !== undefined) {
    if (url !== undefined) throw new CommandError('Give --url or --talkdesk-region, not both.', 2)
    return talkdeskUrlOf(talkdeskRegion, talkdeskAccount)
  }
  if (talkdeskAccount !== undefined) throw new CommandError('--talkdesk-account needs --talkdesk-region.', 2)
  if (url !== undefined) return `${url.replace(/\/+$/, '')}/oauth/token`
  if (privateKey !== undefined) {
    throw new CommandError('--private-key is for a server: say which with --url.', 2)
  }
  return undefined
}

function talkdeskUrlOf(name: string, account: string | undefined): string {
  const region = name.toUpperCase()
  if (!isRegion(region)) {
    throw new CommandError(`--talkdesk-region: "${name}" is none of ${Object.keys(REGIONS).join(', ')}.`, 2)
  }
  if (account === undefined || !/^[\w-]{1,63}$/.test(account)) {
    throw new CommandError(
      '--talkdesk-account is needed: the name in the host, as in NAME.talkdeskid.com.',
      2,
    )
  }
  return talkdeskTokenUrl(region, account)
}

async function makeToken(options: TokenOptions, context: Context): Promise<TokenResponse> {
  const settings = options as unknown as Record<string, unknown>
  const config = configOf(settings, context)
  return withStore(config, async (store) => {
    const accountId = accountOfClientId(options.clientId)
    const client = accountId && (await store.getClient(accountId, options.clientId))
    if (!accountId || !client)
      throw new CommandError(`There is no client ${options.clientId} in ${store.location}.`)
    if (options.clientSecret !== undefined && !checkSecret(options.clientSecret, client.secretHash ?? '')) {
      throw new CommandError('The secret is not the one of this client.')
    }
    const publicUrl = config.publicUrl ?? (await store.getSetting(SERVED_URL))
    if (publicUrl === undefined) {
      throw new CommandError(
        'Under which URL will the token be used? Start the server once, or give --public-url.',
      )
    }
    const chosen = isGiven('region', flagsOf(settings), context.environment)
    const served = chosen ? undefined : await store.getSetting(SERVED_REGION)
    const region = served ?? config.region
    const scopes = grantedScopes(options.scope, client.scope)
    const keyring = await openKeyring(store, config.masterKey)
    const grant = { publicUrl, region, accountId, clientId: client.clientId, scopes }
    const token = await mintAccessToken({ ...grant, keyring, now: Date.now() })
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
      scope: scopes.join(' '),
    }
  })
}

function grantedScopes(asked: string | undefined, granted: string): string[] {
  const all = scopesOf(granted)
  if (asked === undefined) return all
  const scopes = scopesOf(asked)
  const refused = scopes.filter((scope) => !all.includes(scope))
  if (refused.length > 0) throw new CommandError(`The client was never granted ${refused.join(', ')}.`)
  return scopes
}

async function askForToken(tokenUrl: string, options: TokenOptions): Promise<TokenResponse> {
  if (!/^https?:$/.test(URL.parse(tokenUrl)?.protocol ?? '')) {
    throw new CommandError(`--url: "${options.url}" is not an http or https URL.`, 2)
  }
  return requestToken({
    tokenUrl,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    privateKey: options.privateKey === undefined ? undefined : readTextFile(options.privateKey),
    keyId: options.keyId,
    scope: options.scope,
  })
}
