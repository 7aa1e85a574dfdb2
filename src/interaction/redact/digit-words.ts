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

/** What the word at these places is, or undefined. */
export function numberWord(text: string, start: number, end: number): NumberWord | undefined {
  if (end <= start || end - start > LONGEST) return undefined
  if (ENDS[endOf(text, start, end)] === 0) return undefined
  return WORDS.get(text.slice(start, end).toLowerCase())
}
