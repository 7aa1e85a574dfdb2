/** One interaction cut out of an input, still as it came; or what is wrong with that stretch of it. */
export interface Record {
  /** Whether it is a line of its input, or an item of a list. */
  unit: 'line' | 'item'
  /** Which one, counted from 1. */
  place: number
  bytes?: Buffer
  fault?: string
}

/**
 * The longest stretch that is taken for one interaction, in bytes. Twice the largest document: white space and
 * escapes (`é`) make the input longer than what is kept.
 */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024

/** Makes a record of bytes, which are not copied. */
export function recordOf(bytes: Uint8Array, unit: Record['unit'], place: number): Record {
  return { unit, place, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

// `fatal`: bytes that are no UTF-8 are a fault of that record, not a � in somebody's text.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The characters of bytes; undefined where they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function tooLong(unit: Record['unit'], place: number): Record {
  return { unit, place, fault: `is longer than ${MAX_RECORD_BYTES} bytes` }
}
