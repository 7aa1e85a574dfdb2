import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { TokenError } from '../../auth/errors.ts'
import type { Verify } from '../../auth/verify.ts'
import type { Watch } from '../../feed/watch.ts'
import { MAX_PER_PAGE } from '../../interaction/listing-query.ts'
import { InteractionSchema } from '../../interaction/schema.ts'
import { TRANSCRIPT_STATES } from '../../interaction/transcript.ts'
import { MAX_PATIENCE } from '../answers.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { CHAT, CURSOR } from '../examples.ts'
import { Followers } from '../followers.ts'
import { refuseOtherMethods } from '../methods.ts'
import { changesTypeFor, takesGzip } from '../negotiate.ts'
import { tell } from '../plugins/audit.ts'
import { bearerOf, principalOf, requireScope } from '../plugins/authenticate.ts'
import { readsOf } from '../reads/account-reads.ts'
import { followerOf, readChanges } from '../reads/changes.ts'
import { DEFAULT_CHANGES, MAX_WAIT } from '../reads/changes-query.ts'
import { type StreamContext, streamEvents, streamLines } from '../reads/changes-stream.ts'
import { cutFollower, readableOf } from '../reads/hand-over.ts'
import type { ListingQuery } from '../reads/listing.ts'
import { READ_SCOPE, type ReadRequest } from '../reads/read.ts'
import { sendRead } from '../reads/send-read.ts'
import { errorResponses } from '../schemas.ts'

const JSON_TYPE = 'application/json'
const LINES_TYPE = 'application/x-ndjson'
const EVENTS_TYPE = 'text/event-stream'

const PATH = '/v1/changes'

/**
 * Who waits for a stream's end: its turn, its room, its place, the audit, the framework and the pipe to it, each once or twice.
 * Node takes more than ten for a leak, and warns of it on standard error.
 */
const MAX_LISTENERS = 20

/** `GET /v1/changes`: everything that changed after a cursor, in order. */
export function getChanges(app: FastifyInstance, deps: Dependencies, watch: Watch): void {
  const followers = new Followers()
  app.get(
    PATH,
    // Of a stream without an end there is no head to be had.
    {
      schema: SCHEMA,
      config: { audit: { action: 'read', what: 'changes' } },
      exposeHeadRoute: false,
      onRequest: requireScope(deps.verify, READ_SCOPE),
    },
    async (request, reply) => {
      const type = changesTypeFor(request.headers)
      if (type === undefined) throw new ApiError('notAcceptable')
      const principal = principalOf(request)
      const query = request.query as ListingQuery
      const follower = await followerOf(deps, query, { principal, headers: request.headers }, reply.raw)
      const { store } = deps
      if (type === JSON_TYPE) {
        const read = (asked: ReadRequest) => readChanges({ store, watch }, follower, asked)
        return sendRead(read, readsOf(store, principal), request, reply)
      }
      reply.raw.setMaxListeners(MAX_LISTENERS)
      const leave = followers.enter(principal)
      if (reply.raw.closed || reply.raw.destroyed) leave()
      else reply.raw.once('close', leave)
      const context = contextOf(deps, request, watch)
      const gzip = type === LINES_TYPE && takesGzip(request.headers)
      // It has no end at which to find out that nobody is there: who ends the connection's other side has left.
      if (type === EVENTS_TYPE) endWithRequests(request, reply)
      const pieces =
        type === LINES_TYPE ? streamLines(context, follower, gzip) : streamEvents(context, follower)
      return sendPieces(request, reply.type(type), pieces, gzip)
    },
  )
  refuseOtherMethods(app, PATH, ['GET'])
}

function endWithRequests({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply): void {
  const leave = () => raw.destroy()
  if (socket.readableEnded) leave()
  else socket.once('end', leave)
  raw.once('close', () => socket.off('end', leave))
}

function contextOf({ store, verify }: Dependencies, request: FastifyRequest, watch: Watch): StreamContext {
  const { socket } = request.raw
  return {
    store,
    watch,
    answers: request.server.answers,
    socket,
    patience: MAX_PATIENCE,
    look: () => revisionFor(verify, request, watch),
    told: (count) => tell(request, count),
    cut: () => cutFollower(request),
  }
}

/** Streams may last longer than the token they began with, and than the server. */
async function revisionFor(
  verify: Verify,
  request: FastifyRequest,
  watch: Watch,
): Promise<number | undefined> {
  if (watch.ended) return undefined
  try {
    return (await verify(bearerOf(request.headers.authorization) ?? '')).revision
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}

function sendPieces(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncGenerator<Buffer>,
  gzip: boolean,
): FastifyReply {
  reply.header('vary', 'Accept, Accept-Encoding').header('cache-control', 'private, no-cache')
  // For nginx, which would hold events back.
  reply.header('x-accel-buffering', 'no')
  if (gzip) reply.header('content-encoding', 'gzip')
  const onError = () => {
    request.endedByUs = reply.raw.headersSent
    // What is told instead is plain; of both, since the one has been copied to the other.
    if (!reply.raw.headersSent) reply.removeHeader('content-encoding').raw.removeHeader('content-encoding')
  }
  return reply.send(readableOf(pieces, onError))
}

const ChangeSchema = Type.Object(
  {
    revision: Type.Integer({ description: "The account's revision of the change.", examples: [17] }),
    kind: Type.String({
      enum: ['ended', 'open', 'erased'],
      description:
        'What it is now: ended, with the interaction; still open, with its id alone; or erased: then delete what you have of it.',
    }),
    id: Type.String({ description: 'The interaction.' }),
    reason: Type.Optional(
      Type.String({
        enum: ['interactions', 'customer', 'account', 'retention'],
        description:
          'Of an erased one: it was named, its customer or the account was, or the time for which it is kept was over.',
      }),
    ),
    transcript: Type.Optional(
      Type.String({
        enum: [...TRANSCRIPT_STATES],
        description: 'How far its transcript is, where its source has told: whether to wait for more.',
      }),
    ),
    interaction: Type.Optional(InteractionSchema),
  },
  { title: 'Change' },
)

const ChangesSchema = Type.Object(
  {
    changes: Type.Array(ChangeSchema, { description: 'In order of revision; each interaction once.' }),
    cursor: Type.String({ description: 'Goes on behind these changes; also where there are none.' }),
    end_of_stream: Type.Boolean({ description: 'Whether there was nothing more when this was read.' }),
  },
  { title: 'Changes' },
)

const EXAMPLE = {
  changes: [
    { revision: 17, kind: 'ended', id: CHAT.id, transcript: 'complete', interaction: CHAT },
    { revision: 18, kind: 'open', id: '5d1f0c7be3' },
    { revision: 19, kind: 'erased', id: '9b2e7d40aa', reason: 'customer' },
  ],
  cursor: CURSOR,
  end_of_stream: true,
}

const SCHEMA = {
  tags: ['Interactions'],
  operationId: 'listChanges',
  summary: 'Follow all changes',
  description:
    'Every change of the account since a cursor, in order of revision, without a limit of seven days: interactions that ' +
    'have ended with what they are now, open ones by their id, erased ones by their id and why. None is ever left out; one that ' +
    'changes while it is read comes again later, so take the one with the higher revision. Without a cursor it begins with the first ' +
    'change. `application/x-ndjson` gives all up to now, a line each, and `text/event-stream` what happens as it happens.',
  security: [{ bearer: [READ_SCOPE] }],
  querystring: Type.Object({
    cursor: Type.Optional(Type.String({ description: 'From the page before.', examples: [CURSOR] })),
    from: Type.Optional(
      Type.String({
        enum: ['now'],
        description: 'Leaves out everything up to now; only without a cursor.',
        examples: ['now'],
      }),
    ),
    per_page: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_PER_PAGE,
        default: DEFAULT_CHANGES,
        description: 'Changes on a page, at most. A page also stops growing at 4 MiB.',
        examples: [500],
      }),
    ),
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_WAIT,
        default: 0,
        description: 'Seconds for which an empty answer is held until something comes.',
        examples: [30],
      }),
    ),
  }),
  headers: Type.Object({
    'Last-Event-ID': Type.Optional(
      Type.String({
        description: 'Goes on behind the event of this id. Clients that connect again by themselves send it.',
        examples: [CURSOR],
      }),
    ),
  }),
  response: {
    200: {
      description: 'Changes.',
      content: {
        [JSON_TYPE]: { schema: ChangesSchema, example: EXAMPLE },
        [LINES_TYPE]: {
          schema: Type.String({
            description:
              'A change a line. Lines with `cursor` and `end_of_stream` stand for all above them; the last line is one.',
          }),
          example: `${EXAMPLE.changes.map((change) => `${JSON.stringify(change)}\n`).join('')}{"cursor":"${CURSOR}","end_of_stream":true}\n`,
        },
        [EVENTS_TYPE]: {
          schema: Type.String({
            description:
              'An event `change` for each change, and `end_of_stream` whenever there is nothing more; ids are cursors.',
          }),
          example: `id: ${CURSOR}\nevent: change\ndata: ${JSON.stringify(EXAMPLE.changes[1])}\n\n`,
        },
      },
    },
    ...errorResponses(
      'invalidQuery',
      'unauthenticated',
      'forbidden',
      'notAcceptable',
      'gone',
      'rateLimited',
      'overloaded',
    ),
  },
}
