import type { Command } from 'commander'
import { newClientId, newClientSecret } from '../auth/ids.ts'
import { openKeyring } from '../auth/keyring.ts'
import { mintAccessToken } from '../auth/mint.ts'
import { SCOPES } from '../auth/scopes.ts'
import { hashSecret } from '../auth/secret.ts'
import type { Config } from '../config.ts'
import { DAY, formatInstant } from '../interaction/instant.ts'
import { type Running, start } from '../main.ts'
import type { Store } from '../store/store.ts'
import { type Context, configOf, jsonOption, SERVER_SETTINGS, withSettings } from './command.ts'
import { progressOn } from './progress.ts'
import { loadSamples } from './samples.ts'
import { onFreePort, runUntilSignal } from './serve.ts'

const DATABASE = 'sqlite:data/demo.db'
const ACCOUNT = 'demo'
const CLIENT_NAME = 'demo'
/** Seconds. Longer than other tokens live, for a day of trying things out. */
const TOKEN_LIFETIME = 12 * 60 * 60

export function demoCommand(program: Command, context: Context): void {
  const command = program
    .command('demo')
    .description('serve with sample conversations of the last thirty days, and print a token and a curl')
    .addHelpText(
      'after',
      `\nThe samples are kept in ${DATABASE}, unless --database or PARLANCE_DATABASE says otherwise.`,
    )
  withSettings(jsonOption(command), SERVER_SETTINGS).action(async (options) => {
    const { environment, output } = context
    const database = options.database ?? environment.PARLANCE_DATABASE ?? DATABASE
    const logLevel = options.logLevel ?? environment.PARLANCE_LOG_LEVEL ?? 'warn'
    const config = configOf({ ...options, database, logLevel }, context)
    const fixedPort = options.listen !== undefined || environment.PARLANCE_LISTEN !== undefined
    const running = await startAnywhere(config, fixedPort)
    const progress = progressOn(output)
    const count = await loadSamples(running.store, ACCOUNT, new Date(), (done) => {
      progress.update(done, undefined, `${done} sample conversations`)
    })
    progress.end()
    const access = await grantAccess(running, config)
    const welcome = welcomeOf(running.url, count, access)
    if (options.json === true) output.json(welcome)
    else output.line(textOf(welcome))
    await runUntilSignal(running)
  })
}

/** On the usual port, or on another where that one is taken and nobody asked for it. */
async function startAnywhere(config: Config, fixedPort: boolean): Promise<Running> {
  try {
    return await start(config)
  } catch (error) {
    if (fixedPort || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return start(onFreePort(config))
  }
}

interface Access {
  token: string
  clientId: string
  clientSecret: string
}

/** A client with every scope. Those of earlier runs are removed: their secrets are known to nobody any more. */
async function grantAccess({ store, url }: Running, config: Config): Promise<Access> {
  await removeEarlierClients(store)
  const clientId = newClientId(ACCOUNT)
  const clientSecret = newClientSecret()
  const scopes = Object.keys(SCOPES)
  await store.createClient(ACCOUNT, {
    clientId,
    name: CLIENT_NAME,
    scope: scopes.join(' '),
    secretHash: hashSecret(clientSecret),
    createdAt: Date.now(),
  })
  const keyring = await openKeyring(store, config.masterKey)
  const token = await mintAccessToken({
    keyring,
    publicUrl: url,
    region: config.region,
    accountId: ACCOUNT,
    clientId,
    scopes,
    lifetimeSeconds: TOKEN_LIFETIME,
    now: Date.now(),
  })
  return { token, clientId, clientSecret }
}

async function removeEarlierClients(store: Store): Promise<void> {
  for (const client of await store.listClients(ACCOUNT)) {
    if (client.name === CLIENT_NAME) await store.removeClient(ACCOUNT, client.clientId)
  }
}

function welcomeOf(url: string, interactions: number, { token, clientId, clientSecret }: Access) {
  const now = Date.now() * 1000
  const range = `interaction_started=${short(now - 7 * DAY + DAY / 24)}&interaction_ended=${short(now)}`
  return {
    url,
    docs: `${url}/docs`,
    account_id: ACCOUNT,
    interactions,
    client_id: clientId,
    client_secret: clientSecret,
    token,
    curl: `curl --compressed '${url}/conversations/interactions?${range}&per_page=2' -H 'Authorization: Bearer ${token}'`,
    new_token: `curl -u '${clientId}:${clientSecret}' -d grant_type=client_credentials ${url}/oauth/token`,
  }
}

function short(instant: number): string {
  return formatInstant(instant).replace(/\.\d+Z$/, 'Z')
}

function textOf(welcome: ReturnType<typeof welcomeOf>): string {
  return `
Parlance serves ${welcome.interactions} sample conversations of the last thirty days.

  API    ${welcome.url}
  Docs   ${welcome.docs}

A token, good for twelve hours:

${welcome.token}

Two conversations of the last seven days:

${welcome.curl}

Another token, once that one has expired:

${welcome.new_token}

Ctrl-C stops it.`
}
