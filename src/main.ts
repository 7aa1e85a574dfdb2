import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import pino, { type Logger } from 'pino'
import { createIssuer } from './auth/issuer.ts'
import { openKeyring } from './auth/keyring.ts'
import { createVerifier } from './auth/verify.ts'
import type { Config } from './config.ts'
import { buildApp } from './http/app.ts'
import { closeOnlyIdle } from './http/idle-connections.ts'
import { listenAddress } from './http/listen-address.ts'
import type { Whole } from './http/whole.ts'
import { SERVED_REGION, SERVED_URL } from './served.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'

/** A server that listens. */
export interface Running {
  /** The base of its links. */
  url: string
  store: Store
  logger: Logger
  /** Stops accepting, finishes what runs (for `shutdownTimeout` at most), closes the store. */
  stop(): Promise<void>
}

/** Which of several processes this one is, and what it has in common with the others. */
export interface Part {
  /** From 1. */
  worker: number
  whole: Whole
}

/**
 * Starts the server: store, keys, routes, then the port. What was opened is closed again where a step fails. A
 * worker says in each line of the log which one it is, and leaves it to the primary to note what is served.
 */
export async function start(
  config: Config,
  destination?: pino.DestinationStream,
  part?: Part,
): Promise<Running> {
  const base = part && { worker: part.worker }
  const logger = pino({ level: config.logLevel, base }, destination ?? pino.destination(2))
  const store = await openStore(config.database, config.databaseOptions, logger)
  let app: FastifyInstance | undefined
  try {
    const urls = { base: config.publicUrl }
    const composed = await compose(config, store, logger, () => urls.base ?? '', part?.whole)
    app = composed
    closeOnlyIdle(composed.server)
    await composed.listen(listenAddress(config))
    const url = config.publicUrl ?? urlOf(composed)
    urls.base = url
    if (part === undefined) {
      await store.setSetting(SERVED_URL, url)
      await store.setSetting(SERVED_REGION, config.region)
    }
    logger.info({ url, store: store.location, region: config.region }, 'listening')
    return { url, store, logger, stop: () => stop(composed, store, config, logger) }
  } catch (error) {
    await app?.close()
    await store.close()
    throw error
  }
}

async function compose(
  config: Config,
  store: Store,
  logger: Logger,
  publicUrl: () => string,
  whole: Whole | undefined,
) {
  const { region, ownTokens, outsideIssuer } = config
  const keyring = await openKeyring(store, config.masterKey, Date.now)
  const verify = createVerifier({ store, keyring, publicUrl, region, ownTokens, outsideIssuer })
  const issuer = ownTokens ? await createIssuer({ store, keyring, publicUrl, region }) : undefined
  return buildApp({ config, store, keyring, verify, issuer, publicUrl, now: Date.now, logger, whole })
}

/** The address as a client on this machine would write it. */
function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

async function stop(app: FastifyInstance, store: Store, config: Config, logger: Logger): Promise<void> {
  logger.info('stopping: no new connections, finishing what runs')
  const cut = setTimeout(() => {
    logger.warn('cutting the connections that are still open')
    app.server.closeAllConnections()
  }, config.shutdownTimeout)
  await app.close()
  clearTimeout(cut)
  await store.close()
  logger.info('stopped')
}
