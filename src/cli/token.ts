import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { accountOfClientId } from '../auth/ids.ts'
import { openKeyring } from '../auth/keyring.ts'
import { mintAccessToken, TOKEN_LIFETIME_SECONDS } from '../auth/mint.ts'
import { scopesOf } from '../auth/scopes.ts'
import { checkSecret } from '../auth/secret.ts'
import { SERVED_REGION, SERVED_URL } from '../main.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { isRegion, REGIONS, talkdeskTokenUrl } from './regions.ts'
import { requestToken } from './request-token.ts'
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

export function tokenCommand(program: Command, context: Context): void {
  const command = program
    .command('token')
    .description('print an access token')
    .requiredOption('--client-id <id>', 'the client')
    .option('--client-secret <secret>', 'its secret (better: env PARLANCE_CLIENT_SECRET)')
    .option('--private-key <file>', 'PEM of its private key, for private_key_jwt (with --url)')
    .option('--key-id <kid>', 'the "kid" under which the public key is known (default: its thumbprint)')
    .option('--scope <scopes>', 'space-separated (default: all that the client was granted)')
    .option('--url <base>', 'base URL of the server to ask; without it the token is made from the store')
    .option('--talkdesk-region <region>', `ask Talkdesk instead: ${Object.keys(REGIONS).join(', ')}`)
    .option('--talkdesk-account <name>', "the account's name, as in its own host")
    .addHelpText(
      'after',
      '\nWho holds the store needs no secret: the token is made and signed here, for the URL under which the server\n' +
        'was last served (or --public-url). A secret, where given, is checked all the same.',
    )
  withSettings(jsonOption(command), [...STORE_SETTINGS, 'publicUrl', 'region']).action(async (options) => {
    const secret = options.clientSecret ?? context.environment.PARLANCE_CLIENT_SECRET
    const tokenUrl = tokenUrlOf(options)
    const token =
      tokenUrl === undefined
        ? await makeToken({ ...options, clientSecret: secret }, context)
        : await askForToken(tokenUrl, { ...options, clientSecret: secret })
    if (options.json === true) context.output.json(token)
    else context.output.line(token.access_token)
  })
}

function tokenUrlOf({ url, talkdeskRegion, talkdeskAccount }: TokenOptions): string | undefined {
  if (talkdeskRegion === undefined)
    return url === undefined ? undefined : `${url.replace(/\/+$/, '')}/oauth/token`
  const region = talkdeskRegion.toUpperCase()
  if (!isRegion(region)) {
    throw new CommandError(
      `--talkdesk-region: "${talkdeskRegion}" is none of ${Object.keys(REGIONS).join(', ')}.`,
      2,
    )
  }
  if (talkdeskAccount === undefined || !/^[\w-]{1,63}$/.test(talkdeskAccount)) {
    throw new CommandError(
      '--talkdesk-account is needed: the name in the host, as in NAME.talkdeskid.com.',
      2,
    )
  }
  return talkdeskTokenUrl(region, talkdeskAccount)
}

async function makeToken(options: TokenOptions, context: Context): Promise<TokenResponse> {
  const config = configOf(options as unknown as Record<string, unknown>, context)
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
    const asked = (options as { region?: string }).region ?? context.environment.PARLANCE_REGION
    const region =
      asked === undefined ? ((await store.getSetting(SERVED_REGION)) ?? config.region) : config.region
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
  if (!URL.canParse(tokenUrl)) throw new CommandError(`--url: "${options.url}" is not a URL.`, 2)
  return requestToken({
    tokenUrl,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    privateKey: options.privateKey === undefined ? undefined : readKey(options.privateKey),
    keyId: options.keyId,
    scope: options.scope,
  })
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CommandError(`Cannot read ${path}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}
