import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import pino, { type Logger } from 'pino'
import { AUDIT_STDOUT, type Audit, openAudit } from './audit/audit.ts'
import { AuditUnusable } from './audit/errors.ts'
import type { LinesWatcher } from './audit/lines.ts'
import { watcherOf } from './audit/telling.ts'
import { createIssuer } from './auth/issuer.ts'
import { openKeyring } from './auth/keyring.ts'
import { createVerifier } from './auth/verify.ts'
import type { Config } from './config.ts'
import { Watch } from './feed/watch.ts'
import { buildApp } from './http/app.ts'
import type { Dependencies } from './http/dependencies.ts'
import { closeOnlyIdle } from './http/idle-connections.ts'
import { listenAddress } from './http/listen-address.ts'
import { createMetrics } from './http/plugins/metrics.ts'
import type { Whole } from './http/whole.ts'
import { SERVED_REGION, SERVED_URL } from './served.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { systemClock } from './sweep/clock.ts'
import { createSweep, type Sweep } from './sweep/sweep.ts'
import { reportTo } from './sweep/telling.ts'

/** A server that listens. */
export interface Running {
  /** The base of its links. */
  url: string
  store: Store
  logger: Logger
  /** Resolves when nothing is being done in the background. */
  settled(): Promise<void>
  /** Where the audit stream goes to a file: opens it by its name again, after it was renamed. */
  hangUp?: () => Promise<void>
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
 * Starts the server: audit stream, store, keys, routes, then the port, then what goes on in the background. What was opened is
 * closed again where a step fails. A worker says in each line of the log which one it is, and leaves it to the primary to
 * note what is served; only the first one looks after all accounts.
 */
export async function start(
  config: Config,
  destination?: pino.DestinationStream,
  part?: Part,
): Promise<Running> {
  const base = part && { worker: part.worker }
  const logger = pino({ level: config.logLevel, base }, destination ?? pino.destination(2))
  const metrics = createMetrics()
  await using opened = new AsyncDisposableStack()
  const audit = await auditFor(config, watcherOf(logger, metrics.registry))
  opened.defer(() => audit?.close())
  const store = await openStore(config.database, config.databaseOptions, logger)
  opened.defer(() => store.close())
  const watch = new Watch(store)
  const report = reportTo(logger, metrics.registry, (accountId, revision) =>
    watch.written(accountId, revision),
  )
  const eraser = createSweep({ store, clock: systemClock, report, purgeAt: config.purgeAt })
  const urls = { base: config.publicUrl }
  const publicUrl = () => urls.base ?? ''
  const app = await compose({
    config,
    store,
    publicUrl,
    logger,
    audit,
    eraser,
    metrics,
    watch,
    whole: part?.whole,
  })
  opened.defer(() => finish(app, eraser, config, logger))
  closeOnlyIdle(app.server)
  await app.listen(listenAddress(config))
  const url = config.publicUrl ?? urlOf(app)
  urls.base = url
  if (part === undefined) {
    await store.setSetting(SERVED_URL, url)
    await store.setSetting(SERVED_REGION, config.region)
  }
  logger.info({ url, store: store.location, region: config.region }, 'listening')
  if (part === undefined || part.worker === 1) eraser.begin()
  const running = opened.move()
  const hangUp = audit && config.audit !== AUDIT_STDOUT ? () => audit.reopen() : undefined
  return { url, store, logger, settled: eraser.idle, hangUp, stop: () => stop(running, logger) }
}

/** Undefined where nobody wants it. Rejects, with what a user can do something about, where it cannot be written. */
async function auditFor({ audit }: Config, watcher: LinesWatcher): Promise<Audit | undefined> {
  if (audit === undefined) return undefined
  try {
    return await openAudit(audit, watcher)
  } catch (error) {
    throw new AuditUnusable(audit, error as NodeJS.ErrnoException)
  }
}

async function compose(
  given: Omit<Dependencies, 'keyring' | 'verify' | 'issuer' | 'now'>,
): Promise<FastifyInstance> {
  const { config, store, publicUrl } = given
  const { region, ownTokens, outsideIssuer } = config
  const keyring = await openKeyring(store, config.masterKey, Date.now)
  const verify = createVerifier({ store, keyring, publicUrl, region, ownTokens, outsideIssuer })
  const issuer = ownTokens ? await createIssuer({ store, keyring, publicUrl, region }) : undefined
  return buildApp({ ...given, keyring, verify, issuer, now: Date.now })
}

/** The address as a client on this machine would write it. */
function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

async function stop(opened: AsyncDisposableStack, logger: Logger): Promise<void> {
  logger.info('stopping: no new connections, finishing what runs')
  await opened.disposeAsync()
  logger.info('stopped')
}

/** Answers what has been asked, and ends background work between two bites. */
async function finish(app: FastifyInstance, sweep: Sweep, config: Config, logger: Logger): Promise<void> {
  const cut = setTimeout(() => {
    logger.warn('cutting the connections that are still open')
    app.server.closeAllConnections()
  }, config.shutdownTimeout)
  await Promise.all([sweep.stop(), app.close()])
  clearTimeout(cut)
}
