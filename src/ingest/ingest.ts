import { type Record, textOf } from '../formats/record.ts'
import { CanonicalReader } from '../interaction/canonical/canonical-reader.ts'
import { readInteraction } from '../interaction/document.ts'
import { parseLossless } from '../interaction/lossless.ts'
import { DraftPacker } from '../interaction/packed-drafts.ts'
import { parseJson } from '../interaction/parse-json.ts'
import type { Problem } from '../interaction/problems.ts'
import type { Redaction } from '../interaction/redact/interaction.ts'
import { DEFAULT_REDACTOR } from '../interaction/redact/redactor.ts'
import type { Draft } from '../interaction/serialise.ts'
import type { TranscriptState } from '../interaction/transcript.ts'
import { collectAfter } from '../memory.ts'
import { countResults } from '../store/import-state.ts'
import type { ImportState, Store } from '../store/store.ts'
import { hasTooManyParts, hasTooManyValues, MAX_PARTS, MAX_VALUES } from './parts.ts'
import { type ItemProblem, invalid, syntaxProblem, unreadable } from './problems.ts'
import { MAX_WRITING, UnderWay } from './under-way.ts'

export interface IngestOptions {
  keepUnknownValues: boolean
  /** What is redacted; payment cards where it is absent. */
  redaction?: Redaction
  /** What is told of the transcripts of all of them; without it each keeps the state that it has. */
  transcript?: TranscriptState
  /** Told of every record that was rejected, in order. */
  onRejected(problem: ItemProblem): void
  /** Told of records that were kept with warnings. */
  onWarnings?(place: number, id: string, warnings: Problem[]): void
  /** Told after each commit. */
  onProgress?(state: ImportState): void
  /** The characters of one transaction, asked for at each record; BATCH_CHARACTERS where absent. */
  batchCharacters?(): number
  /** Where an earlier run left off; kept up to date in the store under `source`. */
  resume?: { source: string; state: ImportState }
}

/** Records and characters (bytes of UTF-8) of one transaction: enough to share an fsync, little enough to hold. */
const BATCH_RECORDS = 500
export const BATCH_CHARACTERS = 4 * 1024 * 1024
/**
 * What a draft without messages counts as besides: the document that is stored, which may have 8 MB, is read and written
 * for it. Five hundred of them in one transaction held all other writers for minutes.
 */
const KEPT_CHARACTERS = 512 * 1024

/** The characters that a draft counts as in its transaction. */
export function charactersOf({ json, keepsMessages }: Draft): number {
  return json.length + (keepsMessages ? KEPT_CHARACTERS : 0)
}

export const NOTHING_YET: ImportState = {
  place: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
}

interface Batch {
  drafts: DraftPacker
  /** Where the record of each draft stands. */
  places: Pick<Record, 'unit' | 'place'>[]
  /** Bytes of all its records. */
  characters: number
  rejected: ItemProblem[]
  /** The place of the last record that belongs to it. */
  last: number | undefined
}

/**
 * Takes records into an account: each is validated alone, the good ones are written in batches in order, and a
 * bad one costs nobody else. Memory is bounded by MAX_WRITING batches and the one that is read, whatever the length of
 * the input. Gives the counts.
 */
export async function ingest(
  store: Store,
  accountId: string,
  records: AsyncIterable<Record[]>,
  options: IngestOptions,
): Promise<ImportState> {
  const canonical = new CanonicalReader(options.redaction?.redactor ?? DEFAULT_REDACTOR)
  const underWay = new UnderWay(options.resume?.state ?? NOTHING_YET)
  let batch = emptyBatch()
  const flush = async () => {
    await writeBatch(store, accountId, batch, underWay, options)
    batch = emptyBatch(batch.drafts.length)
  }
  try {
    for await (const some of records) {
      for (const record of some) {
        // An earlier run has done these; splitting them again is cheap beside reading and writing them.
        if (options.resume !== undefined && record.place <= options.resume.state.place) continue
        addRecord(batch, record, canonical, options)
        if (isFull(batch, options.batchCharacters?.() ?? BATCH_CHARACTERS)) await flush()
      }
    }
    await flush()
  } finally {
    // Where the input breaks, what was being written is finished before the caller hears of it.
    await underWay.settled()
  }
  return underWay.end()
}

/** With room for an eighth more bytes than the batch before it took, so that it seldom grows by copying. */
function emptyBatch(before = 0): Batch {
  const drafts = new DraftPacker(before > 0 ? before + (before >> 3) : undefined)
  return { drafts, places: [], characters: 0, rejected: [], last: undefined }
}

function isFull({ places, rejected, characters }: Batch, most: number): boolean {
  return places.length + rejected.length >= BATCH_RECORDS || characters >= most
}

function addRecord(batch: Batch, record: Record, canonical: CanonicalReader, options: IngestOptions): void {
  const { unit, place, bytes } = record
  batch.last = place
  batch.characters += bytes?.length ?? 0
  const recognised = bytes && canonical.read(bytes)
  if (recognised === undefined) readInto(batch, record, options)
  else {
    batch.drafts.addDocument(recognised, bytes as Buffer)
    batch.places.push({ unit, place })
  }
}

function readInto(batch: Batch, record: Record, options: IngestOptions): void {
  const { unit, place, bytes } = record
  const reading = readRecord(record, options.keepUnknownValues, options.redaction)
  collectAfter(bytes?.length ?? 0)
  if (!reading.ok) {
    batch.rejected.push(reading.problem)
    return
  }
  batch.drafts.add(reading.draft)
  if (reading.draft.keepsMessages) batch.characters += KEPT_CHARACTERS
  batch.places.push({ unit, place })
  if (reading.warnings.length > 0) options.onWarnings?.(place, reading.draft.id, reading.warnings)
}

/** Reads one record into a draft, or into its problem. */
export function readRecord(record: Record, keepUnknownValues: boolean, redaction?: Redaction) {
  const { bytes, fault } = record
  if (bytes === undefined) return unusable(record, fault ?? '')
  const text = textOf(bytes)
  if (text === undefined) return unusable(record, 'is not UTF-8')
  if (hasTooManyParts(text)) return unusable(record, `has more than ${MAX_PARTS} arrays and objects`)
  if (hasTooManyValues(text)) return unusable(record, `has more than ${MAX_VALUES} values`)
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    return { ok: false as const, problem: syntaxProblem(record, error as SyntaxError) }
  }
  const reading = readInteraction(value, {
    keepUnknownValues,
    redaction,
    lossless: () => parseLossless(text),
  })
  if (reading.ok) return reading
  return { ok: false as const, problem: unreadable(record, reading) }
}

function unusable(record: Record, description: string) {
  return { ok: false as const, problem: invalid(record, undefined, [{ name: '', description }]) }
}

/** Begins to write a batch, when there is room for it. Throws where one before it was not written. */
async function writeBatch(
  store: Store,
  accountId: string,
  batch: Batch,
  underWay: UnderWay,
  options: IngestOptions,
): Promise<void> {
  const { last: place, rejected, drafts } = batch
  const { resume, transcript } = options
  if (place === undefined) return
  // The counts are stored with the batch where a run may be resumed, so those before it have to be known.
  await underWay.room(resume === undefined ? MAX_WRITING : 1)
  const stateBehind = (state: ImportState): ImportState => {
    return { ...state, place, rejected: state.rejected + rejected.length }
  }
  const progress = resume && { source: resume.source, state: stateBehind(await underWay.end()) }
  // Those ahead of it may each wait for a lock first.
  const since = performance.now() + underWay.count * (store.lockTimeout ?? 0)
  const { packed } = drafts
  const written = store.writeInteractions(accountId, packed, { progress, transcript, since, streamed: true })
  underWay.add(written, (before, results) => {
    const state = countResults(stateBehind(before), results)
    for (const [index, result] of results.entries()) {
      if (result.outcome !== 'rejected') continue
      const record = batch.places[index] as Batch['places'][number]
      const id = packed.drafts[index]?.id
      rejected.push({ ...record, id, reason: result.reason, fields: [] })
    }
    rejected.sort((a, b) => a.place - b.place)
    for (const problem of rejected) options.onRejected(problem)
    options.onProgress?.(state)
    return state
  })
}
