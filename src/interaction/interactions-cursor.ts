import { type CursorKeys, openCursor, sealCursor } from './cursor.ts'
import { type ListingPlace, packPlace, unpackPlace } from './listing-cursor.ts'

/** Which interactions are listed. */
export const STATES = ['ended', 'open'] as const

export type InteractionState = (typeof STATES)[number]

/** Where a listing of interactions of one state goes on. */
export interface InteractionsPlace extends ListingPlace {
  state: InteractionState
}

export function sealInteractionsCursor(
  keys: CursorKeys,
  accountId: string,
  { state, ...place }: InteractionsPlace,
): string {
  const bytes = Buffer.concat([Uint8Array.of(STATES.indexOf(state)), packPlace(place)])
  return sealCursor(keys, 'interactions', accountId, bytes)
}

/** Gives the place, or undefined for a cursor that is broken, forged, of another account or of another kind of listing. */
export function openInteractionsCursor(
  keys: CursorKeys,
  accountId: string,
  cursor: string,
): InteractionsPlace | undefined {
  const bytes = openCursor(keys, 'interactions', accountId, cursor)
  const state = STATES[bytes?.[0] ?? STATES.length]
  const place = bytes && unpackPlace(bytes.subarray(1))
  return place && state && { state, ...place }
}
