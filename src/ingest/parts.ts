/** Arrays and objects that one text may hold: a megabyte of brackets, or some 30 MB of ordinary interactions. */
export const MAX_PARTS = 1_000_000

const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b

/**
 * Whether a text would be far larger parsed than it is: each empty array of two bytes takes dozens, so that 32 MB of
 * brackets become more than a gigabyte and hold everybody up for seconds. Brackets inside strings count too, which is
 * close enough and cheap.
 */
export function hasTooManyParts(text: string): boolean {
  if (text.length <= MAX_PARTS) return false
  let parts = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) parts += 1
  }
  return parts > MAX_PARTS
}

/**
 * Names of properties that one interaction may hold: each that is different from all others takes some 120 bytes.
 * A document that is as large as it may be has fewer, however short its messages are.
 */
export const MAX_NAMES = 500_000

const COLON = 0x3a
const QUOTE = 0x22
const SPACE = 0x20

/** Whether a text holds more names than MAX_NAMES. Colons behind quotes are counted, which is close enough. */
export function hasTooManyNames(text: string): boolean {
  if (text.length <= MAX_NAMES * SHORTEST_PROPERTY) return false
  let names = 0
  let last = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === COLON && last === QUOTE) names += 1
    if (unit > SPACE) last = unit
  }
  return names > MAX_NAMES
}

/** `"":1,` */
const SHORTEST_PROPERTY = 5
