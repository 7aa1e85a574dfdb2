/**
 * Instants are whole microseconds since 1970 in a plain number: the contract keeps six fractional
 * digits, and a number holds them exactly until the year 2255 (2^53 µs).
 */

const MICROSECOND = 1
export const MILLISECOND = 1000 * MICROSECOND
export const SECOND = 1000 * MILLISECOND
export const MINUTE = 60 * SECOND
export const DAY = 24 * 60 * MINUTE

/** Instants outside these are refused: no conversation is older, and 2^53 µs ends in 2255. */
export const EARLIEST = Date.UTC(1900, 0, 1) * MILLISECOND
export const LATEST = Date.UTC(2200, 0, 1) * MILLISECOND - 1

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/
const MAX_LENGTH = 64

/**
 * Reads an RFC 3339 date-time with an offset. Digits after the sixth are cut off. A leap second
 * (RFC 3339, 5.6: 23:59:60 UTC) reads as the first instant of the next day.
 * Gives microseconds since 1970, or undefined where the text is no such time or out of range.
 */
export function parseInstant(text: string): number | undefined {
  return parseCanonical(text) ?? parseAny(text)
}

/** The characters of `2020-03-10T00:00:00.000000Z`. */
export const CANONICAL_LENGTH = 27
const [DASH, COLON, DOT, T, Z] = [...'-:.TZ'].map((character) => character.charCodeAt(0))

/**
 * The same for what `formatInstant` writes, and undefined for everything else. Most senders write that form, and a
 * conversation has dozens, each read three times: an expression would take several times as long.
 */
export function parseCanonical(text: string): number | undefined {
  if (text.length !== CANONICAL_LENGTH) return undefined
  // As many bytes as characters: then all of them are ASCII.
  return scratch.write(text) === CANONICAL_LENGTH ? canonicalInstantIn(scratch, 0) : undefined
}

/** Room for as many characters of three bytes each. */
const scratch = Buffer.alloc(3 * CANONICAL_LENGTH)

/** The same for the CANONICAL_LENGTH bytes from a place on, which have to be there. */
export function canonicalInstantIn(bytes: Uint8Array, from: number): number | undefined {
  if (!isPunctuated(bytes, from)) return undefined
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2)
  const month = twoDigits(bytes, from + 5)
  const day = twoDigits(bytes, from + 8)
  const hour = twoDigits(bytes, from + 11)
  const minute = twoDigits(bytes, from + 14)
  const second = twoDigits(bytes, from + 17)
  const micros =
    twoDigits(bytes, from + 20) * 10_000 + twoDigits(bytes, from + 22) * 100 + twoDigits(bytes, from + 24)
  // One that is NaN is no digit.
  if (!(year >= 0 && second <= 59 && micros >= 0)) return undefined
  const at = calendarTime(year, month, day, hour, minute, second)
  return at === undefined ? undefined : inRange(at + micros)
}

function isPunctuated(bytes: Uint8Array, from: number): boolean {
  return (
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    bytes[from + 10] === T &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON &&
    bytes[from + 19] === DOT &&
    bytes[from + 26] === Z
  )
}

/** The number that two digits make; NaN where one is none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48
  const ones = (bytes[at + 1] as number) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function inRange(instant: number): number | undefined {
  return instant >= EARLIEST && instant <= LATEST ? instant : undefined
}

function parseAny(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = match
  const at = calendarTime(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  if (at === undefined) return undefined
  const offset = sign === undefined ? 0 : offsetOf(sign, Number(offsetHour), Number(offsetMinute))
  if (offset === undefined) return undefined
  const instant = at - offset + Number(fraction.slice(0, 6).padEnd(6, '0'))
  if (second === '60' && (at - offset) % DAY !== 0) return undefined
  return inRange(instant)
}

function calendarTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
) {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined
  const days = daysBefore(year) + (MONTHS[month - 1] as number) + (month > 2 && isLeap(year) ? day : day - 1)
  return (((days - EPOCH) * 24 + hour) * 60 + minute) * MINUTE + second * SECOND
}

/** Days of a year without a leap day that lie before each month. */
const MONTHS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const EPOCH = daysBefore(1970)

/** Days of the Gregorian calendar from the year 1 to this one. */
function daysBefore(year: number): number {
  const past = year - 1
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function offsetOf(sign: string, hours: number, minutes: number): number | undefined {
  if (hours > 23 || minutes > 59) return undefined
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE
}

/** Writes an instant as the contract does: `2020-03-10T00:00:00.000000Z`, always 27 characters. */
export function formatInstant(instant: number): string {
  const milliseconds = Math.floor(instant / MILLISECOND)
  const micros = instant - milliseconds * MILLISECOND
  return `${new Date(milliseconds).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`
}
