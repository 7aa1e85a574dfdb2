/**
 * Instants are whole microseconds since 1970 in a plain number: the contract keeps six fractional
 * digits, and a number holds them exactly until the year 2255 (2^53 µs).
 */

const MICROSECOND = 1
const MILLISECOND = 1000 * MICROSECOND
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

/** `2020-03-10T00:00:00.000000Z`: where its parts begin, and the characters between them. */
const CANONICAL_LENGTH = 27
const SEPARATORS = [
  [4, '-'],
  [7, '-'],
  [10, 'T'],
  [13, ':'],
  [16, ':'],
  [19, '.'],
  [26, 'Z'],
].map(([at, character]) => [at, String(character).charCodeAt(0)] as [number, number])

/**
 * The same for what `formatInstant` writes, and undefined for everything else. Most senders write that form, and a
 * conversation has dozens: without an expression a document of 25 messages is checked 20 µs faster.
 */
export function parseCanonical(text: string): number | undefined {
  if (text.length !== CANONICAL_LENGTH) return undefined
  for (const [at, code] of SEPARATORS) if (text.charCodeAt(at) !== code) return undefined
  const second = digits(text, 17, 19)
  const micros = digits(text, 20, 26)
  if (second < 0 || second > 59 || micros < 0) return undefined
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const [hour, minute] = [digits(text, 11, 13), digits(text, 14, 16)]
  if (hour < 0 || minute < 0) return undefined
  const at = calendarTime(year, month, day, hour, minute, second)
  return at === undefined ? undefined : inRange(at + micros)
}

/** The number that these digits make; -1 where one is none. */
function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}

function inRange(instant: number): number | undefined {
  return instant < EARLIEST || instant > LATEST ? undefined : instant
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
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 60) return undefined
  // Years below 100 would be read as 19xx by Date.UTC; they are out of range anyway.
  if (year < 1000) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second) * MILLISECOND
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
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
