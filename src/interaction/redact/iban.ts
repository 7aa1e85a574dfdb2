import { classOf, DASH, SPACE } from './characters.ts'
import { hasDigit, NOTHING, type Span } from './span.ts'

/** Characters of an account number by country (SWIFT's IBAN registry; ISO 13616). */
const LENGTHS = new Map(
  [
    '15 NO',
    '16 BE',
    '18 DK FK FO FI GL NL SD',
    '19 MK SI',
    '20 AT BA EE KZ LT LU MN XK',
    '21 CH HR LI LV',
    '22 BG BH CR DE GB GE IE ME RS VA',
    '23 AE GI IL IQ OM SO TL',
    '24 AD CZ ES MD PK RO SA SE SK TN VG',
    '25 LY PT ST',
    '26 IS TR',
    '27 BI DJ FR GR IT MC MR SM',
    '28 AL AZ BY CY DO GT HN HU LB NI PL SV',
    '29 BR EG PS QA UA',
    '30 JO KW MU YE',
    '31 MT SC',
    '32 LC',
    '33 RU',
  ].flatMap((row) => {
    const [length, ...countries] = row.split(' ')
    return countries.map((country) => [country, Number(length)] as const)
  }),
)

/** Two letters and two check digits that begin a word. */
const BEGINNING = /(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}/g
/** Characters of a group where it is written in groups (ISO 13616, the form on paper), with a space or dash between. */
const GROUP = 4

/** Bank account numbers with their country's length and right check digits (ISO/IEC 7064, MOD 97-10). */
export function findIbans(text: string): readonly Span[] {
  if (!hasDigit(text)) return NOTHING
  const spans: Span[] = []
  for (const { index } of text.matchAll(BEGINNING)) {
    if (index < (spans.at(-1)?.end ?? 0)) continue
    const end = endOfIban(text, index)
    if (end !== undefined) spans.push({ start: index, end })
  }
  return spans.length === 0 ? NOTHING : spans
}

/** Reads no further than twice the country's length. */
function endOfIban(text: string, start: number): number | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase())
  if (length === undefined) return undefined
  let characters = ''
  let at = start
  while (characters.length < length) {
    const unit = text.charCodeAt(at)
    if (isAlphanumeric(unit)) characters += text[at]
    else if (!isSeparator(unit) || !endsGroup(text, at, characters)) return undefined
    at += 1
  }
  if (isAlphanumeric(text.charCodeAt(at))) return undefined
  return remainderOf(characters) === 1 ? at : undefined
}

/** Groups of any length would take words and numbers for one: `no 9873 ssn no 8820` has the right check digits. */
function endsGroup(text: string, at: number, characters: string): boolean {
  return characters.length % GROUP === 0 && !isSeparator(text.charCodeAt(at - 1))
}

function isSeparator(unit: number): boolean {
  const kind = classOf(unit)
  return kind === SPACE || kind === DASH
}

function isAlphanumeric(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)
}

/** Modulo 97, with the first four characters at the end and letters as 10 to 35. */
function remainderOf(characters: string): number {
  let remainder = 0
  for (const character of characters.slice(4) + characters.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}
