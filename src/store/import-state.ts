import type { ImportState, WriteResult } from './store.ts'

/** Adds the outcomes of a batch to the counts of an import. */
export function countResults(state: ImportState, results: WriteResult[]): ImportState {
  const counted = { ...state }
  for (const { outcome } of results) counted[outcome] += 1
  return counted
}
