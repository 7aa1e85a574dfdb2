import type { Command } from 'commander'
import { newClientId, newClientSecret } from '../auth/ids.ts'
import { openKeyring } from '../auth/keyring.ts'
import { mintAccessToken } from '../auth/mint.ts'
import { SCOPES } from '../auth/scopes.ts'
import { hashSecret } from '../auth/secret.ts'
import { type Config, type Flags, isGiven } from '../config.ts'
import { DAY, formatInstant } from '../interaction/instant.ts'
import type { Running } from '../main.ts'
import type { Store } from '../store/store.ts'
import { type Context, configOf, flagsOf, jsonOption, SERVER_SETTINGS, withSettings } from './command.ts'
import { progressOn } from './progress.ts'
import { loadSamples } from './samples.ts'
import { untilSignal } from './until-signal.ts'

const DEFAULTS: Flags = { database: 'sqlite:data/demo.db', logLevel: 'warn' }
const ACCOUNT = 'demo'
const CLIENT_NAME = 'demo'
/** Seconds. Longer than other tokens live, for a day of trying things out. */
const TOKEN_LIFETIME = 12 * 60 * 60

export function demoCommand(command: Command, context: Context): void {
  command.addHelpText(
    'after',
    '\nWhere the usual port is taken and --listen was not given, it takes another. The\n' +
      'samples are made once: starting again adds those of the time in between.',
  )
  withSettings(jsonOption(command), SERVER_SETTINGS, DEFAULTS).action(async (options) => {
    const config = configOf(options, context, DEFAULTS)
    const fixedPort = isGiven('listen', flagsOf(options), context.environment)
    await untilSignal(startAnywhere(config, fixedPort), (running) =>
      welcome(running, config, options.json === true, context),
    )
  })
}

/** On the usual port, or on another where that one is taken and nobody asked for it. */
async function startAnywhere(config: Config, fixedPort: boolean): Promise<Running> {
  const { start } = await import('../main.ts')
  try {
    return await start(config)
  } catch (error) {
    if (fixedPort || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return start({ ...config, listen: { ...config.listen, port: 0 } })
  }
}

async function welcome(running: Running, config: Config, json: boolean, { output }: Context): Promise<void> {
  const progress = progressOn(output)
  const count = await loadSamples(running.store, ACCOUNT, new Date(), (done) => {
    progress.update(done, undefined, `${done} sample conversations`)
  })
  progress.end()
  const facts = factsOf(running.url, count, await grantAccess(running, config))
  if (json) output.json(facts)
  else output.line(textOf(facts))
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

function factsOf(url: string, interactions: number, { token, clientId, clientSecret }: Access) {
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

function textOf(facts: ReturnType<typeof factsOf>): string {
  return `
Parlance serves ${facts.interactions} sample conversations of the last thirty days.

  API    ${facts.url}
  Docs   ${facts.docs}

A token, good for twelve hours:

${facts.token}

Two conversations of the last seven days:

${facts.curl}

Another token, once that one has expired:

${facts.new_token}

Ctrl-C stops it.`
}
