import type { Command } from 'commander'
import { accountOfClientId, newClientId, newClientSecret } from '../auth/ids.ts'
import { readPublicKey } from '../auth/public-key.ts'
import { isKnownScope, SCOPES, scopesOf } from '../auth/scopes.ts'
import { hashSecret } from '../auth/secret.ts'
import type { Client, ClientCredentials, Store } from '../store/store.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { table } from './output.ts'
import { readTextFile } from './text-file.ts'
import { accountNamed, withStore } from './with-store.ts'

export function clientCommand(client: Command, context: Context): void {
  createCommand(client, context)
  listCommand(client, context)
  rotateCommand(client, context)
  removeCommand(client, context)
}

const KEY_HELP = 'its public key (PEM, JWK or JWKS), for private_key_jwt in place of a secret'

function createCommand(client: Command, context: Context): void {
  const command = client
    .command('create')
    .description('create a client; its secret is shown once')
    .requiredOption('--account <id>', 'the account')
    .requiredOption('--scope <scopes>', `what it may do, space-separated: ${Object.keys(SCOPES).join(', ')}`)
    .option('--name <name>', 'what people call it')
    .option('--public-key <file>', KEY_HELP)
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (options) => {
    const scope = readScope(options.scope)
    const { credentials, secret } = await newCredentials(options.publicKey)
    const clientId = await withStore(configOf(options, context), async (store) => {
      await accountNamed(store, options.account)
      const id = newClientId(options.account)
      const name: string = options.name ?? ''
      const fresh: Client = { clientId: id, name, scope, createdAt: Date.now(), ...credentials }
      await store.createClient(options.account, fresh)
      return id
    })
    tell(context, options.json === true, clientId, secret, { scope })
  })
}

function listCommand(client: Command, context: Context): void {
  const command = client
    .command('list')
    .description("list an account's clients, oldest first")
    .requiredOption('--account <id>', 'the account')
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (options) => {
    const clients = await withStore(configOf(options, context), async (store) => {
      await accountNamed(store, options.account)
      return store.listClients(options.account)
    })
    const rows = clients.map((each) => ({
      client_id: each.clientId,
      name: each.name,
      scope: each.scope,
      authentication: each.publicKey === undefined ? 'client_secret_basic' : 'private_key_jwt',
      created_at: new Date(each.createdAt).toISOString(),
    }))
    if (options.json === true) context.output.json({ clients: rows })
    else context.output.line(table(['CLIENT', 'NAME', 'SCOPE', 'BY', 'CREATED'], rows.map(Object.values)))
  })
}

function rotateCommand(client: Command, context: Context): void {
  const command = client
    .command('rotate')
    .description("replace a client's secret, or its public key; the old one is refused at once")
    .argument('<client-id>', 'the client')
    .option('--public-key <file>', KEY_HELP)
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (clientId: string, options) => {
    const { credentials, secret } = await newCredentials(options.publicKey)
    await withStore(configOf(options, context), async (store) => {
      await onClient(clientId, (accountId) => store.updateClient(accountId, clientId, credentials))
    })
    tell(context, options.json === true, clientId, secret, {})
  })
}

function removeCommand(client: Command, context: Context): void {
  const command = client
    .command('remove')
    .description('remove a client; its tokens are refused at once')
    .argument('<client-id>', 'the client')
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (clientId: string, options) => {
    await withStore(configOf(options, context), (store: Store) =>
      onClient(clientId, (accountId) => store.removeClient(accountId, clientId)),
    )
    if (options.json === true) context.output.json({ client_id: clientId, removed: true })
    else context.output.note(`Client ${clientId} is removed.`)
  })
}

async function onClient(clientId: string, change: (accountId: string) => Promise<boolean>): Promise<void> {
  const accountId = accountOfClientId(clientId)
  if (accountId === undefined || !(await change(accountId))) {
    throw new CommandError(`There is no client ${clientId}. See: parlance client list --account ID`)
  }
}

function readScope(text: string): string {
  const scopes = scopesOf(text)
  const unknown = scopes.filter((scope) => !isKnownScope(scope))
  if (scopes.length > 0 && unknown.length === 0) return scopes.join(' ')
  const known = Object.keys(SCOPES).join(', ')
  throw new CommandError(`--scope: ${unknown.join(', ') || 'nothing'} is no scope. Known: ${known}.`, 2)
}

async function newCredentials(
  keyFile: string | undefined,
): Promise<{ credentials: ClientCredentials; secret?: string }> {
  if (keyFile === undefined) {
    const secret = newClientSecret()
    return { credentials: { secretHash: hashSecret(secret) }, secret }
  }
  const text = readTextFile(keyFile)
  return { credentials: { publicKey: JSON.stringify(await readPublicKey(text)) } }
}

function tell(
  context: Context,
  json: boolean,
  clientId: string,
  secret: string | undefined,
  more: object,
): void {
  if (json) {
    context.output.json({
      client_id: clientId,
      ...(secret !== undefined && { client_secret: secret }),
      ...more,
    })
    return
  }
  context.output.line(`client_id      ${clientId}`)
  if (secret === undefined) return
  context.output.line(`client_secret  ${secret}`)
  context.output.note('The secret is not shown again.')
}
