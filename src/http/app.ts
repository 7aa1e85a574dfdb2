import type { IncomingMessage, RequestListener } from 'node:http'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { Watch, watched } from '../feed/watch.ts'
import { Redactors } from '../ingest/redactors.ts'
import { MAX_ID_BYTES } from '../interaction/limits.ts'
import { saveMemory } from '../memory.ts'
import { Answers, MAX_ANSWERS_BYTES } from './answers.ts'
import { boundWrites } from './bounded-writes.ts'
import { ByteBudget } from './budget.ts'
import { answerAllRequests, refuseConnection } from './connection.ts'
import type { Dependencies } from './dependencies.ts'
import { DirectReads } from './direct.ts'
import { directRoutes } from './direct-routes.ts'
import { handleErrors, sendError } from './errors.ts'
import { Lines } from './in-turn.ts'
import { ownLimiter } from './limiter.ts'
import { OPENAPI } from './openapi-options.ts'
import { auditRequests } from './plugins/audit.ts'
import { authentication } from './plugins/authenticate.ts'
import { createMetrics, measureRequests } from './plugins/metrics.ts'
import { limitRate, rateTaker, type TakeRate } from './plugins/rate-limit.ts'
import { logAnswer, logRequests, requestId } from './plugins/request-log.ts'
import { parseQuery } from './query.ts'
import { interactionsReader } from './reads/interactions.ts'
import { listingReader } from './reads/listing.ts'
import { deleteCustomer } from './routes/delete-customer.ts'
import { deleteInteraction } from './routes/delete-interaction.ts'
import { deleteInteractions } from './routes/delete-interactions.ts'
import { deleteTranscripts } from './routes/delete-transcripts.ts'
import { docsRoute } from './routes/docs.ts'
import { getChanges } from './routes/get-changes.ts'
import { getErasure } from './routes/get-erasure.ts'
import { getInteraction } from './routes/get-interaction.ts'
import { getInteractions } from './routes/get-interactions.ts'
import { health } from './routes/health.ts'
import { listInteractions } from './routes/list-interactions.ts'
import { metricsRoute } from './routes/metrics.ts'
import { oauthRoutes } from './routes/oauth.ts'
import { openapiRoute } from './routes/openapi.ts'
import { postInteractions } from './routes/post-interactions.ts'
import { postMessages } from './routes/post-messages.ts'
import { putInteraction } from './routes/put-interaction.ts'
import { httpServer } from './server.ts'

/** What the bodies of running requests may hold in memory together; the largest by itself holds 41 MiB. */
const MAX_HELD_BYTES = 48 * 1024 * 1024

declare module 'fastify' {
  interface FastifyInstance {
    answers: Answers
    redactors: Redactors
  }
}

/** Composes the application; it does not listen. */
export async function buildApp(given: Dependencies): Promise<FastifyInstance> {
  const watch = given.watch ?? new Watch(given.store)
  const deps = { ...given, store: watched(boundWrites(given.store), watch) }
  const { verify, logger, whole } = deps
  const lines = new Lines()
  let stopping = false
  // While it stops, what is on open connections is still served, and the last answer tells the client to leave.
  const dismisses = ({ socket }: IncomingMessage) => stopping && !lines.othersWait(socket)
  const metrics = given.metrics ?? createMetrics()
  whole?.join(metrics.registry)
  const answers = new Answers(MAX_ANSWERS_BYTES, () => performance.now())
  const takeRate = rateTakerOf(deps)
  const readListing = listingReader(deps, metrics)
  const readInteractions = interactionsReader(deps, metrics)
  const direct = new DirectReads(
    { verify, takeRate, answers, metrics, logger, dismisses, audit: deps.audit, now: deps.now },
    directRoutes(deps, readListing, readInteractions),
  )

  const app = createApp(deps, (framework) => (request, response) => {
    lines.enter(request, response, () => {
      if (!direct.take(request, response)) framework(request, response)
    })
  })
  app.decorate('answers', answers)
  app.decorate('redactors', new Redactors(deps.store, () => performance.now()))
  app.addHook('preClose', async () => {
    stopping = true
    watch.end()
  })
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (dismisses(raw)) reply.header('connection', 'close')
    done()
  })
  leaveBodies(app)
  handleErrors(app)
  authentication(app)
  logRequests(app)
  auditRequests(app, deps.audit, deps.now)
  answerAllRequests(app, app.server)
  measureRequests(app, metrics)
  if (takeRate !== undefined) limitRate(app, takeRate)
  await app.register(swagger, OPENAPI)
  await app.register(async (routes) => {
    listInteractions(routes, deps, readListing)
    getInteractions(routes, deps, readInteractions)
    getInteraction(routes, deps)
    getChanges(routes, deps, watch)
    postInteractions(routes, deps, metrics)
    putInteraction(routes, deps, metrics)
    postMessages(routes, deps, metrics)
    deleteInteraction(routes, deps, metrics)
    deleteInteractions(routes, deps, metrics)
    deleteCustomer(routes, deps, metrics)
    getErasure(routes, deps)
    deleteTranscripts(routes, deps, metrics)
    health(routes, deps, () => stopping)
    metricsRoute(routes, metrics, whole)
    openapiRoute(routes)
    docsRoute(routes)
    if (deps.issuer !== undefined) oauthRoutes(routes, { issuer: deps.issuer })
  })
  return app
}

/** The framework; `before` gives what takes each request first, and hands on to the framework what is left to it. */
function createApp(
  { logger, config }: Dependencies,
  before: (framework: RequestListener) => RequestListener,
): FastifyInstance {
  const app = Fastify({
    serverFactory: (framework) => httpServer(config.maxConnections, before(framework)),
    loggerInstance: logger,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // An id of 256 bytes takes three times as many characters when every byte is percent-encoded.
    routerOptions: { maxParamLength: 3 * MAX_ID_BYTES, querystringParser: parseQuery },
    // What the router refuses passes no hook.
    frameworkErrors: (error, request, reply) => {
      logAnswer(request, sendError(error, request, reply))
    },
    clientErrorHandler: refuseConnection(logger),
    // Documents are validated by interaction/, queries by their routes; route schemas describe them in OpenAPI.
  })
  app.decorate('bodyBudget', new ByteBudget(MAX_HELD_BYTES, saveMemory))
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  return app as unknown as FastifyInstance
}

/** Undefined where requests are not limited. A worker counts with the others. */
function rateTakerOf({ config, whole }: Dependencies): TakeRate | undefined {
  if (config.rateLimit === 0) return undefined
  return rateTaker(config.rateLimit, whole?.limiter ?? ownLimiter(() => performance.now()))
}

/** Routes read their bodies themselves, as streams and with limits of their own; nobody else's is read at all. */
function leaveBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}
