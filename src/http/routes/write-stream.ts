import type { FastifyRequest } from 'fastify'
import { splitLines } from '../../formats/ndjson.ts'
import { type IngestOptions, ingest } from '../../ingest/ingest.ts'
import { describe, shortNames } from '../../ingest/problems.ts'
import { lentChunks } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { tell } from '../plugins/audit.ts'
import { accountOf } from '../plugins/authenticate.ts'
import { countRedactions, type Metrics } from '../plugins/metrics.ts'
import { problemBody } from './rejection.ts'
import { LineRoom, type Streams } from './stream-room.ts'
import { transcriptOf } from './transcript.ts'
import { unknownOf } from './unknown.ts'

/** Problems and warnings that are told, each. */
const MAX_TOLD = 1000

/**
 * Writes a stream of lines as it comes, in constant memory, and gives the counts afterwards. A client that goes
 * away half-way leaves every batch that was committed, and of its last line nothing.
 */
export async function writeStream(
  request: FastifyRequest,
  deps: Dependencies,
  metrics: Metrics,
  streams: Streams,
) {
  const keepUnknownValues = unknownOf(request)
  const transcript = transcriptOf(request)
  const accountId = accountOf(request)
  const redaction = { redactor: await request.server.redactors.of(accountId), counts: {} }
  const room = new LineRoom(request.server.bodyBudget)
  const lines = splitLines(room.follow(lentChunks(request)))
  const problems: object[] = []
  const warned: object[] = []
  let taken = 0
  const options: IngestOptions = {
    keepUnknownValues,
    transcript,
    redaction,
    onProgress: ({ created, updated, unchanged }) => {
      tell(request, created + updated + unchanged - taken)
      taken = created + updated + unchanged
    },
    batchCharacters: () => streams.batchCharacters(),
    onRejected(problem) {
      if (problems.length >= MAX_TOLD) return
      const { place: line, id } = problem
      const text = describe(problem)[0]
      problems.push({ line, ...(id !== undefined && { id }), ...problemBody(problem), description: text })
    },
    onWarnings(line, id, fields) {
      if (warned.length < MAX_TOLD) warned.push({ line, id, fields: shortNames(fields) })
    },
  }
  const read = () => ingest(room.watch(deps.store), accountId, lines, options)
  const state = await streams.run(read).finally(() => {
    room.leave()
    countRedactions(metrics, redaction.counts)
  })
  const { created, updated, unchanged, rejected, place } = state
  for (const [outcome, count] of Object.entries({ created, updated, unchanged, rejected })) {
    metrics.written.inc({ outcome }, count)
  }
  return { created, updated, unchanged, rejected, lines: place, problems, warnings: warned }
}
