import { type CursorKeys, openCursor, sealCursor } from './cursor.ts'

/** Where a follower of an account's changes is: it has everything up to a revision. */
export interface ChangesPlace {
  revision: number
  /** Of the store: another one after a backup was restored, for then revisions may mean something else. */
  epoch: string
}

const REVISION_BYTES = 8

export function sealChangesCursor(
  keys: CursorKeys,
  accountId: string,
  { revision, epoch }: ChangesPlace,
): string {
  const place = Buffer.alloc(REVISION_BYTES + Buffer.byteLength(epoch))
  place.writeBigUInt64BE(BigInt(revision))
  place.write(epoch, REVISION_BYTES)
  return sealCursor(keys, 'changes', accountId, place)
}

/** Gives the place, or undefined for a cursor that is broken, forged, of another account or of a listing. */
export function openChangesCursor(
  keys: CursorKeys,
  accountId: string,
  cursor: string,
): ChangesPlace | undefined {
  const bytes = openCursor(keys, 'changes', accountId, cursor)
  if (bytes === undefined || bytes.length < REVISION_BYTES) return undefined
  const place = Buffer.from(bytes)
  return { revision: Number(place.readBigUInt64BE()), epoch: place.toString('utf8', REVISION_BYTES) }
}
