import { BACKSLASH, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from '../interaction/json-bytes.ts'

/** Arrays and objects that one text may hold: a megabyte of brackets, or some 30 MB of ordinary interactions. */
export const MAX_PARTS = 1_000_000

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
 * Values that one interaction may hold, at all levels: some 50,000 messages' worth. Parsed they take up to 120 bytes
 * each (names that are all different), and those of the sender's own, whose numbers are kept as written, twice that.
 */
export const MAX_VALUES = 500_000

/** Whether a text of JSON holds more values than MAX_VALUES: there is a comma between each two. */
export function hasTooManyValues(text: string): boolean {
  if (text.length <= 2 * MAX_VALUES) return false
  let values = 1
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) inString = !inString
    else if (inString) at += unit === BACKSLASH ? 1 : 0
    else if (unit === COMMA) values += 1
  }
  return values > MAX_VALUES
}
