import type { FastifyRequest } from 'fastify'
import { MAX_RECORD_BYTES } from '../../formats/record.ts'
import { type ItemProblem, invalid, shortNames, unreadable } from '../../ingest/problems.ts'
import { CanonicalReader } from '../../interaction/canonical/canonical-reader.ts'
import { readInteraction } from '../../interaction/document.ts'
import { parseLossless } from '../../interaction/lossless.ts'
import type { Problem } from '../../interaction/problems.ts'
import type { Redaction } from '../../interaction/redact/interaction.ts'
import type { Redactor } from '../../interaction/redact/redactor.ts'
import { collectAfter } from '../../memory.ts'
import type { WriteResult } from '../../store/store.ts'
import { bodyChunks, checkLength } from '../body.ts'
import { tooLarge } from '../body-faults.ts'
import { Room } from '../budget.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { tell } from '../plugins/audit.ts'
import { accountOf } from '../plugins/authenticate.ts'
import { countRedactions, type Metrics } from '../plugins/metrics.ts'
import { type BatchHandler, BatchSplitter } from './batch-splitter.ts'
import { HeldDrafts } from './held-drafts.ts'
import { problemBody } from './rejection.ts'
import { transcriptOf } from './transcript.ts'
import { unknownOf } from './unknown.ts'

export const MAX_BATCH_ITEMS = 10_000
const MAX_BATCH_BYTES = 32_000_000
/** Faults and warnings that are told of one batch; then the first of each interaction. */
const MAX_TOLD = 20_000

interface Item {
  id?: string
  /** Whether there is a draft of it. */
  drafted: boolean
  warnings: Problem[]
  problem?: ItemProblem
}

/**
 * Writes the interactions of a JSON body, and gives a result for each. Nothing is written before the whole body is
 * read and found good. The documents are written in order, in transactions of some 4 million characters.
 */
export async function writeBatch(request: FastifyRequest, deps: Dependencies, metrics: Metrics) {
  const keepUnknownValues = unknownOf(request)
  const transcript = transcriptOf(request)
  const room = new Room(request.server.bodyBudget)
  try {
    const batch = new Batch(keepUnknownValues, await request.server.redactors.of(accountOf(request)))
    await readBatch(request, batch, room)
    countRedactions(metrics, batch.redaction.counts)
    const written: WriteResult[] = []
    for (const drafts of batch.drafts.groups()) {
      const results = await deps.store.writeInteractions(accountOf(request), drafts, { transcript })
      for (const { outcome } of results) metrics.written.inc({ outcome })
      written.push(...results)
      tell(request, results.filter(({ outcome }) => outcome !== 'rejected').length)
    }
    metrics.written.inc({ outcome: 'rejected' }, batch.items.filter(({ drafted }) => !drafted).length)
    return answer(batch.items, written)
  } finally {
    room.leave()
  }
}

async function readBatch(request: FastifyRequest, batch: Batch, room: Room): Promise<void> {
  const splitter = new BatchSplitter(batch)
  checkLength(request, MAX_BATCH_BYTES)
  let received = 0
  for await (const chunk of bodyChunks(request)) {
    received += chunk.length
    if (received > MAX_BATCH_BYTES) throw tooLarge(MAX_BATCH_BYTES)
    splitter.push(chunk)
    if (!room.resize(splitter.heldBytes + batch.drafts.heldBytes)) throw new ApiError('overloaded')
  }
  splitter.finish()
  const { count } = batch
  if (count <= MAX_BATCH_ITEMS) return
  throw new ApiError('bodyTooLarge', {
    description: `A batch may have ${MAX_BATCH_ITEMS} interactions at most.`,
    fields: [{ name: 'interactions', description: `has ${count} items` }],
  })
}

/** What has been read of a batch. */
class Batch implements BatchHandler {
  items: Item[] = []
  drafts = new HeldDrafts()
  /** Items that came: those that are too many, too, of which nothing is kept. */
  count = 0
  redaction: Redaction
  #told = 0
  readonly #keepUnknownValues: boolean
  readonly #canonical: CanonicalReader

  constructor(keepUnknownValues: boolean, redactor: Redactor) {
    this.#keepUnknownValues = keepUnknownValues
    this.redaction = { redactor, counts: {} }
    this.#canonical = new CanonicalReader(redactor)
  }

  begin(): void {
    this.items = []
    this.drafts = new HeldDrafts()
    this.count = 0
    this.#told = 0
    this.redaction = { ...this.redaction, counts: {} }
  }

  recognises(bytes: Buffer): boolean {
    const draft = this.count < MAX_BATCH_ITEMS ? this.#canonical.read(bytes) : undefined
    if (draft === undefined) return false
    this.count += 1
    this.drafts.addDocument(draft, bytes)
    this.items.push({ id: draft.id, drafted: true, warnings: [] })
    return true
  }

  element(parsed: { value: unknown; text: string } | undefined): void {
    this.count += 1
    if (this.count > MAX_BATCH_ITEMS) return
    const place = { unit: 'item' as const, place: this.count }
    if (parsed === undefined) {
      const fault = { name: '', description: `is longer than ${MAX_RECORD_BYTES} bytes` }
      this.items.push({ drafted: false, warnings: [], problem: invalid(place, undefined, [fault]) })
      return
    }
    this.#read(place, parsed)
    collectAfter(parsed.text.length)
  }

  #read(place: { unit: 'item'; place: number }, { value, text }: { value: unknown; text: string }): void {
    const { redaction } = this
    const lossless = () => parseLossless(text)
    const options = { keepUnknownValues: this.#keepUnknownValues, redaction, lossless }
    const reading = readInteraction(value, options)
    if (reading.ok) {
      this.drafts.add(reading.draft)
      this.items.push({
        id: reading.draft.id,
        drafted: true,
        warnings: this.#tellable(shortNames(reading.warnings)),
      })
      return
    }
    const problem = unreadable(place, reading)
    const fields = this.#tellable(problem.fields)
    this.items.push({ id: problem.id, drafted: false, warnings: [], problem: { ...problem, fields } })
  }
  #tellable(problems: Problem[]): Problem[] {
    const told = this.#told < MAX_TOLD ? problems : problems.slice(0, 1)
    this.#told += told.length
    return told
  }
}

function answer(items: Item[], written: WriteResult[]) {
  const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
  let next = 0
  const results = items.map((item, index) => {
    const result = item.drafted ? written[next++] : undefined
    const outcome = result?.outcome ?? 'rejected'
    counts[outcome] += 1
    return resultOf(item, index, result)
  })
  return { ...counts, results }
}

function resultOf({ id, warnings, problem }: Item, index: number, result: WriteResult | undefined) {
  if (result === undefined || result.outcome === 'rejected') {
    const reason = result?.outcome === 'rejected' ? result.reason : 'invalid'
    const told = problem ?? { unit: 'item' as const, place: index + 1, id, reason, fields: [] }
    return { index, ...(id !== undefined && { id }), result: 'rejected', problem: problemBody(told) }
  }
  const { outcome, revision } = result
  return { index, id, result: outcome, revision, ...(warnings.length > 0 && { warnings }) }
}
