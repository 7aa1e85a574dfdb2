import { classOf, LETTER } from './characters.ts'
import type { Units } from './units.ts'

/** Digits as they are spoken in English, Spanish, Portuguese, French and German, in lower case. */
const DIGITS: readonly string[] = [
  'zero oh o nought cero zéro null',
  'one uno un una um uma une ein eins eine',
  'two dos dois duas deux zwei zwo',
  'three tres três trois drei',
  'four cuatro quatro quatre vier',
  'five cinco cinq fünf fuenf',
  'six seis meia sechs',
  'seven siete sete sept sieben',
  'eight ocho oito huit acht',
  'nine nueve nove neuf neun',
]

const TIMES: Readonly<Record<string, string>> = {
  '2': 'double doble duplo dupla doppel doppelt',
  '3': 'triple triplo tripla treble',
}

/** A word among numbers: a digit, or how often the next digit stands. */
export interface NumberWord {
  digit?: number
  times?: number
}

const WORDS = new Map<string, NumberWord>([
  ...DIGITS.flatMap((words, digit) => words.split(' ').map((word) => [word, { digit }] as const)),
  ...Object.entries(TIMES).flatMap(([times, words]) =>
    words.split(' ').map((word) => [word, { times: Number(times) }] as const),
  ),
])

/** Letters of the longest. */
export const LONGEST = Math.max(...Array.from(WORDS.keys(), (word) => word.length))

/** Marks the first and last letters of number words of each length: nearly all other words need no look at the map. */
const ENDS = endsOf(WORDS.keys())

function endsOf(words: Iterable<string>): Uint8Array {
  const ends = new Uint8Array((LONGEST + 1) << 10)
  for (const word of words) ends[endOf(word, 0, word.length)] = 1
  return ends
}

/** The last five bits of a letter are the same in both cases. */
function endOf(text: string, start: number, end: number): number {
  return ((end - start) << 10) | ((text.charCodeAt(start) & 31) << 5) | (text.charCodeAt(end - 1) & 31)
}

const NO_LETTER = 0
/** Any letter with an accent. */
const ACCENTED = 31

/** Marks what stands beside each other in number words; most of what does in other words is not among it. */
const PAIRS = pairsOf(WORDS.keys())

function pairsOf(words: Iterable<string>): Uint8Array {
  const pairs = new Uint8Array(1024)
  for (const word of words) {
    const units = unitsOf(` ${word} `)
    for (let at = 1; at < units.length; at += 1) pairs[pairBefore(units, at)] = 1
  }
  return pairs
}

/** What stands before this place and at it, of letters five bits each. */
function pairBefore(units: Units, at: number): number {
  return (letterOf(units[at - 1] as number) << 5) | letterOf(units[at] as number)
}

function letterOf(unit: number): number {
  if (classOf(unit) !== LETTER) return NO_LETTER
  return unit < 128 ? unit & 31 : ACCENTED
}

/** Whether the letter at this place may be one of a number word, by those beside it. A fifth of the time of looking at the word. */
export function isWithinNumberWord(units: Units, at: number): boolean {
  return PAIRS[pairBefore(units, at)] === 1 && PAIRS[pairBefore(units, at + 1)] === 1
}

/** How many digits each stands for at most, by what its letters look like. */
const DIGITS_OF = new Map(
  Array.from(WORDS, ([word, { times }]) => [looksOf(unitsOf(word), 0, word.length), times ?? 1] as const),
)

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from(text, (letter) => letter.charCodeAt(0))
}

/** Five bits a letter, which are exact for as many as number words have. */
function looksOf(units: Units, start: number, end: number): number {
  let looks = 0
  for (let at = start; at < end; at += 1) looks = looks * 32 + letterOf(units[at] as number)
  return looks
}

/** For how many digits the word stands at most, if it is a number word; undefined where it is none. Accents are not told apart. */
export function digitsSpoken(units: Units, start: number, end: number): number | undefined {
  return DIGITS_OF.get(looksOf(units, start, end))
}

/** What the word at these places is, or undefined. */
export function numberWord(text: string, start: number, end: number): NumberWord | undefined {
  if (end <= start || end - start > LONGEST) return undefined
  if (ENDS[endOf(text, start, end)] === 0) return undefined
  return WORDS.get(text.slice(start, end).toLowerCase())
}
