import { hasDigit, NOTHING, type Span, spansOf } from './span.ts'

/**
 * Expressions without unbounded repetition and without two ways to read the same characters, so that from each place a
 * fixed number of characters is looked at. A test reads them.
 */
const DASHES = '\\-\\u2010-\\u2015\\u2212'
const BLANKS = ' \\u00a0\\u2007\\u2009\\u202f'

/** Grouped 3-2-4 with the same space or dash twice; nine digits in a row only where the text speaks of one. */
const SSN = new RegExp(
  `(?<![\\w${DASHES}.])(?!000|666|9)\\d{3}(?<by>[${BLANKS}${DASHES}]?)(?!00)\\d{2}\\k<by>(?!0000)\\d{4}(?![\\w${DASHES}])`,
  'g',
)
const SPEAKS_OF_SSN = /ssn|social/i

/** US social security numbers by the rules of their issuer: no area 000, 666 or 900 to 999, no group 00, no serial 0000. */
export function findSsns(text: string): readonly Span[] {
  if (!hasDigit(text)) return NOTHING
  let speaks: boolean | undefined
  return spansOf(text, SSN, ({ groups }) => {
    speaks ??= SPEAKS_OF_SSN.test(text)
    return groups?.by !== '' || speaks
  })
}

const GAP = `[${BLANKS}${DASHES}./()]{0,2}`
/** A number goes on behind these, or is part of something else. */
const BEFORE = `(?<![\\w+${DASHES}./])`
const AFTER = `(?![\\w${DASHES}/]|\\.\\d)`

const PHONES = [
  // ITU-T E.164: a country code, 8 to 15 digits in all.
  `\\(?(?:\\+|00)[1-9](?:${GAP}\\d){7,14}`,
  // North America: area and exchange begin with 2 to 9.
  `(?:1[${BLANKS}${DASHES}.]?)?\\(?[2-9]\\d{2}\\)?[${BLANKS}${DASHES}./]{0,2}[2-9]\\d{2}[${BLANKS}${DASHES}.]?\\d{4}`,
  // With the 0 that most of Europe dials before the area: 9 to 12 digits.
  `\\(?0[1-9](?:${GAP}\\d){7,10}`,
  // Spain and Portugal: nine digits in three groups.
  `[236789]\\d{2}[${BLANKS}${DASHES}.]\\d{3}[${BLANKS}${DASHES}.]\\d{3}`,
]
const PHONE = new RegExp(`${BEFORE}(?:${PHONES.join('|')})${AFTER}`, 'g')

/**
 * Telephone numbers: with a country code, and in the national forms of North America and most of Europe. By choice only,
 * and rather one too many: an order number of ten digits is taken for one.
 */
export function findPhones(text: string): readonly Span[] {
  return hasDigit(text) ? spansOf(text, PHONE) : NOTHING
}

export const BOUNDED: readonly RegExp[] = [SSN, PHONE]
