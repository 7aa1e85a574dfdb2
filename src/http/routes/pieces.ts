import { isSpace } from '../../interaction/json-bytes.ts'

/** Something that came in pieces, as one. */
export function joined(pieces: Uint8Array[]): Buffer {
  const [only] = pieces
  if (only === undefined || pieces.length > 1) return Buffer.concat(pieces)
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength)
}

/** Whether there is nothing but white space. */
export function isBlank(pieces: Uint8Array[]): boolean {
  return pieces.every((piece) => piece.every(isSpace))
}
