import type { Server } from 'node:http'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { MAX_ID_BYTES } from '../interaction/limits.ts'
import { saveMemory } from '../memory.ts'
import { boundAnswers } from './answers.ts'
import { boundWrites } from './bounded-writes.ts'
import { ByteBudget } from './budget.ts'
import { answerAllRequests, refuseConnection } from './connection.ts'
import { limitConnections } from './connection-limit.ts'
import type { Dependencies } from './dependencies.ts'
import { handleErrors, sendError } from './errors.ts'
import { runInTurn } from './in-turn.ts'
import { OPENAPI } from './openapi-options.ts'
import { authentication } from './plugins/authenticate.ts'
import { createMetrics, measureRequests } from './plugins/metrics.ts'
import { limitRate } from './plugins/rate-limit.ts'
import { logAnswer, logRequests, requestId } from './plugins/request-log.ts'
import { docsRoute } from './routes/docs.ts'
import { getInteraction } from './routes/get-interaction.ts'
import { health } from './routes/health.ts'
import { listInteractions } from './routes/list-interactions.ts'
import { metricsRoute } from './routes/metrics.ts'
import { oauthRoutes } from './routes/oauth.ts'
import { openapiRoute } from './routes/openapi.ts'
import { postInteractions } from './routes/post-interactions.ts'
import { putInteraction } from './routes/put-interaction.ts'

const SECOND = 1000
/** What the bodies of running requests may hold in memory together; the largest by itself holds 41 MiB. */
const MAX_HELD_BYTES = 48 * 1024 * 1024
export const MAX_HEADER_BYTES = 16 * 1024
/** A connection on which nothing moves, in either direction, is closed. */
const IDLE_TIMEOUT = 60 * SECOND
/** Longer than load balancers keep idle connections (60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT = 65 * SECOND

/** Composes the application; it does not listen. */
export async function buildApp(given: Dependencies): Promise<FastifyInstance> {
  const deps = { ...given, store: boundWrites(given.store) }
  const app = createApp(deps)
  runInTurn(app)
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  // While it stops, what is on open connections is still served, and the last answer tells the client to leave.
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (stopping && !app.othersWait(request)) reply.header('connection', 'close')
    done()
  })
  const metrics = createMetrics()
  deps.whole?.join(metrics.registry)
  leaveBodies(app)
  handleErrors(app)
  authentication(app)
  logRequests(app)
  answerAllRequests(app, app.server)
  boundAnswers(app)
  measureRequests(app, metrics)
  await limitRate(app, deps.config.rateLimit, deps.whole?.limiter)
  await app.register(swagger, OPENAPI)
  await app.register(async (routes) => {
    listInteractions(routes, deps, metrics)
    getInteraction(routes, deps)
    postInteractions(routes, deps, metrics)
    putInteraction(routes, deps, metrics)
    health(routes, deps, () => stopping)
    metricsRoute(routes, metrics, deps.whole)
    openapiRoute(routes)
    docsRoute(routes)
    if (deps.issuer !== undefined) oauthRoutes(routes, { issuer: deps.issuer })
  })
  return app
}

function createApp(deps: Dependencies): FastifyInstance {
  const app = Fastify({
    loggerInstance: deps.logger,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // An id of 256 bytes takes three times as many characters when every byte is percent-encoded.
    routerOptions: { maxParamLength: 3 * MAX_ID_BYTES },
    connectionTimeout: IDLE_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    // A stream of lines may take hours; a connection that stands still is closed by IDLE_TIMEOUT.
    requestTimeout: 0,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 60 * SECOND, requireHostHeader: false },
    // What the router refuses passes no hook.
    frameworkErrors: (error, request, reply) => {
      logAnswer(request, sendError(error, request, reply))
    },
    clientErrorHandler: refuseConnection(deps.logger),
    // Documents are validated by interaction/, queries by their routes; route schemas describe them in OpenAPI.
  })
  app.decorate('bodyBudget', new ByteBudget(MAX_HELD_BYTES, saveMemory))
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  const server: Server = app.server
  limitConnections(server, deps.config.maxConnections)
  return app as unknown as FastifyInstance
}

/** Routes read their bodies themselves, as streams and with limits of their own; nobody else's is read at all. */
function leaveBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}
