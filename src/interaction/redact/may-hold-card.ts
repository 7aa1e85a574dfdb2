import { MIN_DIGITS } from './card-number.ts'
import { COMMA, classOf, DASH, DIGIT, LETTER, POINT, SPACE } from './characters.ts'
import { LONGEST, numberWord } from './digit-words.ts'
import type { Span } from './span.ts'

/** Characters between two parts of a number: a space, a dash with spaces around it, a comma and a space. */
export const MAX_GAP = 3

const ANY_DIGIT = /[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/
/** Thirteen words of one letter with a blank between each two. */
const MIN_SPOKEN = 2 * MIN_DIGITS - 1

/**
 * Whether a text may hold a row of digits that is long enough for a card. Such a row has 13 characters at least, and 25 where all
 * are words, so of as many only one is looked at, and what stands around it where that is part of a number. Most texts hold no
 * numbers, and most numbers are times and amounts: reading all of a text costs 14 ns a character, this one or two.
 */
export function mayHoldCard(text: string): boolean {
  const stride = ANY_DIGIT.test(text) ? MIN_DIGITS : MIN_SPOKEN
  for (let at = stride - 1; at < text.length; at += stride) {
    const part = partAt(text, at)
    if (part !== undefined && digitsAround(text, part) >= MIN_DIGITS) return true
  }
  return false
}

/** A group of digits, or a number word. */
interface Part extends Span {
  digits: number
  spoken: boolean
}

/** The part that stands here, or before a gap that is here. */
function partAt(text: string, at: number): Part | undefined {
  let within = at
  while (isSeparator(classOf(text.charCodeAt(within)))) {
    within -= 1
    if (at - within > MAX_GAP) return undefined
  }
  const kind = classOf(text.charCodeAt(within))
  if (kind === LETTER) return wordAt(text, within)
  return kind === DIGIT ? groupAt(text, within) : undefined
}

function wordAt(text: string, within: number): Part | undefined {
  let start = within
  while (within - start < LONGEST && classOf(text.charCodeAt(start - 1)) === LETTER) start -= 1
  let end = within + 1
  while (end - start <= LONGEST && classOf(text.charCodeAt(end)) === LETTER) end += 1
  const word = numberWord(text, start, end)
  // "triple" says that three more digits come where one stands.
  return word && { start, end, digits: word.times ?? 1, spoken: true }
}

/** As much of a group as makes a card. */
function groupAt(text: string, within: number): Part {
  let start = within
  while (within - start < MIN_DIGITS && classOf(text.charCodeAt(start - 1)) === DIGIT) start -= 1
  let end = within + 1
  while (end - start < MIN_DIGITS && classOf(text.charCodeAt(end)) === DIGIT) end += 1
  return { start, end, digits: end - start, spoken: false }
}

/** The digits of the row that a part belongs to, counted until they are enough. */
function digitsAround(text: string, part: Part): number {
  let { digits } = part
  for (const step of [-1, 1] as const) {
    let next = neighbour(text, part, step)
    while (next !== undefined && digits < MIN_DIGITS) {
      digits += next.digits
      next = neighbour(text, next, step)
    }
  }
  return digits
}

/** The part before or behind this one, where the gap between them lets the row go on (CardScan in cards.ts). */
function neighbour(text: string, { start, end, spoken }: Part, step: -1 | 1): Part | undefined {
  const from = step === 1 ? end : start - 1
  let at = from
  let kind = classOf(text.charCodeAt(at))
  let blank = false
  let point = false
  for (; isSeparator(kind); kind = classOf(text.charCodeAt(at))) {
    if (kind === SPACE || kind === DASH) blank = true
    if (kind === POINT) point = true
    at += step
    if (Math.abs(at - from) > MAX_GAP) return undefined
  }
  if (at === from) return undefined
  const next = kind === LETTER ? wordAt(text, at) : kind === DIGIT ? groupAt(text, at) : undefined
  const said = spoken || next?.spoken
  return said || (blank && !point) ? next : undefined
}

function isSeparator(kind: number): boolean {
  return kind === SPACE || kind === DASH || kind === COMMA || kind === POINT
}
