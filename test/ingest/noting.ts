import { splitLines } from '../../src/formats/ndjson.ts'
import type { IngestOptions } from '../../src/ingest/ingest.ts'
import type { ItemProblem } from '../../src/ingest/problems.ts'
import type { ImportState } from '../../src/store/store.ts'
import { stream } from '../formats/chunks.ts'

export const lines = (...values: (object | string)[]) =>
  splitLines(
    stream(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n')),
  )

/** Options that note what they are told. */
export function noting(more: Partial<IngestOptions> = {}) {
  const rejected: ItemProblem[] = []
  const warned: [place: number, id: string, names: string[]][] = []
  const progress: ImportState[] = []
  const options: IngestOptions = {
    keepUnknownValues: false,
    onRejected: (problem) => rejected.push(problem),
    onWarnings(place, id, warnings) {
      warned.push([place, id, warnings.map(({ name }) => name)])
    },
    onProgress: (state) => progress.push(state),
    ...more,
  }
  return { options, rejected, warned, progress }
}
