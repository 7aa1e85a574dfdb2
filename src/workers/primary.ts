import cluster from 'node:cluster'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import pino, { type Logger } from 'pino'
import { AUDIT_STDOUT } from '../audit/audit.ts'
import { openKeyring } from '../auth/keyring.ts'
import type { Config } from '../config.ts'
import { listenAddress } from '../http/listen-address.ts'
import { SERVED_REGION, SERVED_URL } from '../served.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { type Crew, createCrew } from './crew.ts'
import { type Holder, Limits } from './limits.ts'
import { forkMember } from './member.ts'
import { createSum } from './sum.ts'

/** Flags of Node for every worker, besides those that this process has. */
const WORKER_NODE_FLAGS: readonly string[] = []
/** Milliseconds that a worker has beyond `shutdownTimeout`, after which it cuts what runs, to commit and end. */
const STOP_MARGIN = 5000
/** Milliseconds; less than a worker waits for an answer that may need what another one gives back. */
const GIVE_BACK_TIMEOUT = 500
/** How often another free port is tried where any would do and the one that was found is taken in the next moment. */
const PORT_TRIES = 5

/** Several processes that serve as one. */
export interface RunningWorkers {
  /** The base of their links. */
  url: string
  /** Of this process, which serves nothing. */
  store: Store
  logger: Logger
  /** Where the audit stream goes to a file: lets each worker open it by its name again. */
  hangUp?: () => Promise<void>
  /** Workers stop accepting, finish what runs (for `shutdownTimeout` at most) and end. */
  stop(): Promise<void>
  /** Ends the workers at once. */
  abandon(): void
  /** Resolves when the workers cannot go on, with what to tell. */
  failure: Promise<Error>
}

/**
 * Starts `config.workers` processes of the module `worker` on one address over one store. This process opens the store
 * first (and so upgrades it and makes its keys) and looks whether the address is free, so that what is wrong is told
 * once and before anything is forked.
 */
export async function startWorkers(
  config: Config,
  worker: URL,
  destination?: pino.DestinationStream,
): Promise<RunningWorkers> {
  const logger = pino({ level: config.logLevel, base: undefined }, destination ?? pino.destination(2))
  const store = await openStore(config.database, config.databaseOptions)
  let started: Crew | undefined
  try {
    await openKeyring(store, config.masterKey, Date.now)
    setUpForks(worker)
    const { crew, url } = await startCrew(config, logger)
    started = crew
    await store.setSetting(SERVED_URL, url)
    await store.setSetting(SERVED_REGION, config.region)
    const { region, workers } = config
    logger.info({ url, store: store.location, region, workers }, 'all workers serve')
    const stop = async () => {
      await crew.stop()
      await store.close()
      logger.info('all workers stopped')
    }
    const hangUp = hasAuditFile(config) ? () => hangUpAll(crew) : undefined
    return { url, store, logger, hangUp, stop, abandon: crew.kill, failure: crew.failure }
  } catch (error) {
    await started?.stop()
    await store.close()
    throw error
  }
}

function hasAuditFile({ audit }: Config): boolean {
  return audit !== undefined && audit !== AUDIT_STDOUT
}

/** A worker that is just ending has nothing to open. */
async function hangUpAll({ serving }: Crew): Promise<void> {
  await Promise.allSettled([...serving].map(({ call }) => call('hangUp')))
}

function setUpForks(worker: URL): void {
  cluster.schedulingPolicy = cluster.SCHED_RR
  cluster.setupPrimary({
    exec: fileURLToPath(worker),
    args: [],
    execArgv: [...process.execArgv, ...WORKER_NODE_FLAGS],
    // JSON would lose the bytes of a key, and what is no finite number among metrics.
    serialization: 'advanced',
  })
}

async function startCrew(config: Config, logger: Logger): Promise<{ crew: Crew; url: string }> {
  for (let tries = 1; ; tries += 1) {
    const listen = await freeAddress(config)
    const crew = newCrew({ ...config, listen }, logger)
    try {
      return { crew, url: await crew.start() }
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!taken || config.listen.port !== 0 || tries === PORT_TRIES) throw error
    }
  }
}

/** The address with a port, which is free; throws what listening there throws. */
async function freeAddress(config: Config): Promise<Config['listen']> {
  const { host, port } = listenAddress(config)
  const probe = createServer().listen({ host, port, exclusive: true })
  await once(probe, 'listening')
  const free = (probe.address() as AddressInfo).port
  probe.close()
  await once(probe, 'close')
  return { host: config.listen.host, port: free }
}

function newCrew(config: Config, logger: Logger): Crew {
  const { workers: size, rateLimit, maxConnections, shutdownTimeout } = config
  const limits = new Limits({ limit: rateLimit, clock: () => performance.now() })
  const share: Config = { ...config, maxConnections: Math.ceil(maxConnections / size) }
  const sum = createSum(() => crew.serving)
  const crew = createCrew({
    size,
    fork(number) {
      const holder: Holder = {
        giveBack: (claim) => member.call('giveBack', claim, { timeout: GIVE_BACK_TIMEOUT }),
      }
      const member = forkMember(number, {
        hello: () => ({ worker: number, config: share }),
        lease: (wish) => limits.lease(wish, holder),
        metrics: sum.metrics,
      })
      return member
    },
    onEnd: sum.ended,
    onRestart: sum.restarted,
    stopTimeout: shutdownTimeout + STOP_MARGIN,
    logger,
  })
  return crew
}
