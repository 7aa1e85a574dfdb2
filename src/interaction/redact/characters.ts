/** What a unit of UTF-16 is to somebody who looks for numbers. */
export const OTHER = 0
export const DIGIT = 1
export const LETTER = 2
export const SPACE = 3
export const DASH = 4
export const COMMA = 5
export const POINT = 6

const ASCII = asciiClasses()

function asciiClasses(): Uint8Array {
  const classes = new Uint8Array(128)
  classes.fill(DIGIT, 0x30, 0x3a)
  classes.fill(LETTER, 0x41, 0x5b)
  classes.fill(LETTER, 0x61, 0x7b)
  classes[0x09] = SPACE
  classes[0x20] = SPACE
  classes[0x2d] = DASH
  classes[0x2c] = COMMA
  classes[0x2e] = POINT
  return classes
}

/** Invisible characters (zero-width space, word joiner, soft hyphen) count as separators: they hide numbers. */
const SPACES = new Set([0x1680, 0x202f, 0x205f, 0x2060, 0x3000, 0xfeff])
const DASHES = new Set([0x2212, 0xfe58, 0xfe63, 0xff0d])
/** Zeros of the other digits that are typed on keyboards: Arabic-Indic, Persian, full-width. */
const ZEROS = [0x0660, 0x06f0, 0xff10]

export function classOf(unit: number): number {
  return unit < 128 ? (ASCII[unit] as number) : beyondAscii(unit)
}

function beyondAscii(unit: number): number {
  if (unit === 0xa0) return SPACE
  if (unit === 0xad) return DASH
  // Latin letters with accents, as number words have them. What follows them up to the digits is Greek, Cyrillic, Hebrew.
  if (unit < 0x660) return unit >= 0xc0 && unit < 0x250 ? LETTER : OTHER
  if (SPACES.has(unit) || (unit >= 0x2000 && unit <= 0x200d)) return SPACE
  if (DASHES.has(unit) || (unit >= 0x2010 && unit <= 0x2015)) return DASH
  for (const zero of ZEROS) if (unit >= zero && unit < zero + 10) return DIGIT
  return OTHER
}

/** The value of a unit of class DIGIT. */
export function digitOf(unit: number): number {
  if (unit < 128) return unit - 0x30
  return unit - (ZEROS.find((zero) => unit >= zero && unit < zero + 10) as number)
}
