import { type CursorKeys, openCursor, sealCursor } from './cursor.ts'
import type { Place } from './place.ts'
import type { Window } from './window.ts'

/** Where a listing goes on: its range and page size, and the last interaction that was given. */
export interface ListingPlace {
  window: Window
  perPage: number
  after: Place
}

const FIXED_BYTES = 3 * 8 + 2

export function sealListingCursor(keys: CursorKeys, accountId: string, place: ListingPlace): string {
  return sealCursor(keys, 'listing', accountId, packPlace(place))
}

/** The place as bytes. */
export function packPlace(place: ListingPlace): Uint8Array {
  const fixed = Buffer.alloc(FIXED_BYTES)
  fixed.writeBigInt64BE(BigInt(place.window.from), 0)
  fixed.writeBigInt64BE(BigInt(place.window.to), 8)
  fixed.writeBigInt64BE(BigInt(place.after.startedAt), 16)
  fixed.writeUInt16BE(place.perPage, 24)
  return Buffer.concat([fixed, Buffer.from(place.after.id)])
}

/** Gives the place, or undefined for a cursor that is broken, forged or of another account. */
export function openListingCursor(
  keys: CursorKeys,
  accountId: string,
  cursor: string,
): ListingPlace | undefined {
  const bytes = openCursor(keys, 'listing', accountId, cursor)
  return bytes && unpackPlace(bytes)
}

/** The place that was packed; undefined for bytes that hold none. */
export function unpackPlace(bytes: Uint8Array): ListingPlace | undefined {
  if (bytes.length < FIXED_BYTES) return undefined
  const fixed = Buffer.from(bytes)
  return {
    window: { from: Number(fixed.readBigInt64BE(0)), to: Number(fixed.readBigInt64BE(8)) },
    after: { startedAt: Number(fixed.readBigInt64BE(16)), id: fixed.toString('utf8', FIXED_BYTES) },
    perPage: fixed.readUInt16BE(24),
  }
}
