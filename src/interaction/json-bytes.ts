/** The characters that JSON is made of (RFC 8259, 2 and 7), as bytes of UTF-8 and units of UTF-16 alike. */
export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_ARRAY = 0x5b
export const CLOSE_ARRAY = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d

/** White space of JSON (RFC 8259, 2). */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/**
 * Where the string ends that `from` stands in: at its quote. Where it does not end in this chunk, behind the last byte, and
 * one further where the first byte of the next chunk is escaped. Most bytes of a document stand in strings; with a loop of
 * its own for them each takes half the time.
 */
export function endOfString(chunk: Uint8Array, from: number): number {
  let at = from
  while (at < chunk.length) {
    const byte = chunk[at] as number
    if (byte === QUOTE) break
    at += byte === BACKSLASH ? 2 : 1
  }
  return at
}
