import { MIN_DIGITS } from './card-number.ts'
import { COMMA, classOf, DASH, DIGIT, LETTER, POINT, SPACE } from './characters.ts'
import { digitsSpoken, isWithinNumberWord, LONGEST } from './digit-words.ts'
import type { Span } from './span.ts'
import type { Units } from './units.ts'

/** Characters between two parts of a number: a space, a dash with spaces around it, a comma and a space. */
export const MAX_GAP = 3

/**
 * Whether the characters of a text from one place up to another may hold a row of digits that is long enough for a card. Such a
 * row has 13 characters at least, so of 13 only one is looked at, and what stands around it where that is part of a number. Most
 * texts hold no numbers, and most numbers are times and amounts: reading all of a text costs 14 ns a character, this less than one.
 */
export function mayHoldCard(units: Units, from: number, to: number): boolean {
  for (let at = from + MIN_DIGITS - 1; at < to; at += MIN_DIGITS) {
    const part = partAt(units, at)
    if (part !== undefined && digitsAround(units, part) >= MIN_DIGITS) return true
  }
  return false
}

/** A group of digits, or a number word. */
interface Part extends Span {
  digits: number
  spoken: boolean
}

/** The part that stands here, or before a gap that is here. */
function partAt(units: Units, at: number): Part | undefined {
  let within = at
  let kind = kindAt(units, at)
  for (; isSeparator(kind); kind = kindAt(units, within)) {
    within -= 1
    if (at - within > MAX_GAP) return undefined
  }
  if (kind === LETTER) return isWithinNumberWord(units, within) ? wordAt(units, within) : undefined
  return kind === DIGIT ? groupAt(units, within) : undefined
}

function kindAt(units: Units, at: number): number {
  return classOf(units[at] as number)
}

function wordAt(units: Units, within: number): Part | undefined {
  let start = within
  while (within - start < LONGEST && kindAt(units, start - 1) === LETTER) start -= 1
  let end = within + 1
  while (end - start <= LONGEST && kindAt(units, end) === LETTER) end += 1
  if (end - start > LONGEST) return undefined
  const digits = digitsSpoken(units, start, end)
  return digits === undefined ? undefined : { start, end, digits, spoken: true }
}

/** As much of a group as makes a card. */
function groupAt(units: Units, within: number): Part {
  let start = within
  while (within - start < MIN_DIGITS && kindAt(units, start - 1) === DIGIT) start -= 1
  let end = within + 1
  while (end - start < MIN_DIGITS && kindAt(units, end) === DIGIT) end += 1
  return { start, end, digits: end - start, spoken: false }
}

/** The digits of the row that a part belongs to, counted until they are enough. */
function digitsAround(units: Units, part: Part): number {
  let { digits } = part
  for (const step of [-1, 1] as const) {
    let next = neighbour(units, part, step)
    while (next !== undefined && digits < MIN_DIGITS) {
      digits += next.digits
      next = neighbour(units, next, step)
    }
  }
  return digits
}

/** The part before or behind this one, where the gap between them lets the row go on (CardScan in cards.ts). */
function neighbour(units: Units, { start, end, spoken }: Part, step: -1 | 1): Part | undefined {
  const from = step === 1 ? end : start - 1
  let at = from
  let kind = kindAt(units, at)
  let blank = false
  let point = false
  for (; isSeparator(kind); kind = kindAt(units, at)) {
    if (kind === SPACE || kind === DASH) blank = true
    if (kind === POINT) point = true
    at += step
    if (Math.abs(at - from) > MAX_GAP) return undefined
  }
  if (at === from) return undefined
  const next = kind === LETTER ? wordAt(units, at) : kind === DIGIT ? groupAt(units, at) : undefined
  const said = spoken || next?.spoken
  return said || (blank && !point) ? next : undefined
}

function isSeparator(kind: number): boolean {
  return kind === SPACE || kind === DASH || kind === COMMA || kind === POINT
}
