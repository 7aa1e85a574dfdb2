import type { Precondition } from './store.ts'

/** Whether the stored interaction, or its absence, is what a write wants to find. */
export function holds(
  precondition: Precondition | undefined,
  stored: { revision: number } | undefined,
): boolean {
  if (precondition === undefined) return true
  if (precondition === 'absent') return stored === undefined
  if (stored === undefined) return false
  return precondition === 'exists' || precondition.revisions.includes(stored.revision)
}
