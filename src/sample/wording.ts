import type { Random } from './random.ts'

/** Resolves every `{one|another|}` in a line by choosing one of its alternatives; they may nest. */
export function spin(random: Random, line: string): string {
  let text = line
  for (let open = text.lastIndexOf('{'); open >= 0; open = text.lastIndexOf('{')) {
    const close = text.indexOf('}', open)
    if (close < 0) throw new TypeError(`A line has a brace that is not closed: ${line}`)
    const choice = random.pick(text.slice(open + 1, close).split('|'))
    text = text.slice(0, open) + choice + text.slice(close + 1)
  }
  return text
}

/** A line after an opening word and a comma: "Yes" + "The box was open." is "Yes, the box was open." */
export function after(opening: string, line: string): string {
  return `${opening}, ${lowerFirst(line)}`
}

function lowerFirst(line: string): string {
  // German nouns and the English "I" keep their capitals; a brace hides the first word, so it is left alone.
  if (/^(I\b|[^A-ZÀ-Ý]|[A-Z]{2})/.test(line)) return line
  return (line[0] as string).toLowerCase() + line.slice(1)
}

/** With a capital at the start. */
export function capital(line: string): string {
  return (line[0] as string).toUpperCase() + line.slice(1)
}

/** A line cut after its sentences: "Hi. It is late." gives two. */
export function sentences(line: string): string[] {
  return line.split(/(?<=[.!?…]) +(?=[A-ZÀ-Ý¿¡])/)
}

/** Cuts a line in two near its middle, at the end of a sentence; undefined where it has only one. */
export function halves(line: string): [string, string] | undefined {
  const parts = sentences(line)
  if (parts.length < 2) return undefined
  const cut = Math.ceil(parts.length / 2)
  return [parts.slice(0, cut).join(' '), parts.slice(cut).join(' ')]
}

/** The same words as a hurried person types them. */
export function casually(random: Random, line: string): string {
  let text = line
    .replace(
      /(^|[.!?] )([A-Z])(?=[a-z'’ ])(?![a-z]+ [A-HJ-Z][a-z])/g,
      (_, before, letter) => before + letter.toLowerCase(),
    )
    .replace(/\bI\b/g, 'i')
    .replace(/\.$/, '')
  if (random.chance(0.5)) text = text.replace(/\b[Tt]hank you\b/, 'thx').replace(/\bplease\b/, 'pls')
  if (random.chance(0.3)) text = text.replace(/\b([Dd]on|[Cc]an|[Ii]sn|[Ww]on|[Dd]oesn|[Dd]idn)'t\b/g, '$1t')
  return text
}

const FILLERS = ['Um', 'So', 'Well', 'Uh', 'Okay, so']

/** The same words with a sound of hesitation in front, where that can be said. */
export function hesitantly(random: Random, line: string): string {
  if (!/^(I|I'm|I've|It|The|My|We|They|There|He|She) /.test(line)) return line
  return after(random.pick(FILLERS), line)
}

const GLAD = ['🙂', '😊', '👍', '🙏', '🎉', '😄', '❤️', '🙌']
const CROSS = ['😡', '😤', '🙄', '😞', '😩', '🤦']

/** An emoji at the end of a line, as its mood has it. */
export function withEmoji(random: Random, line: string, glad: boolean): string {
  return `${line} ${random.pick(glad ? GLAD : CROSS)}`
}

/** "$1,204.50" or "1.204,50 €". */
export function money(amount: number, language: string): string {
  const [whole, cents] = amount.toFixed(2).split('.') as [string, string]
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === 'en' ? ',' : '.')
  if (language !== 'en') return `${grouped},${cents} €`
  return cents === '00' ? `$${grouped}` : `$${grouped}.${cents}`
}
