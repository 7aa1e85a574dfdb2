/**
 * The text of each element of `interactions` in a JSON object, for those whose numbers must be kept as they were
 * written. The text must have been parsed without fault, and `interactions` must be an array. As in parsing, of a
 * key that is repeated the last one counts, whatever else the object holds and however the key is escaped.
 */
export function interactionTexts(text: string): string[] {
  let list = ''
  for (let at = afterSpace(text, text.indexOf('{') + 1); text[at] !== '}'; ) {
    const colon = endOfValue(text, at)
    const from = afterSpace(text, colon + 1)
    const end = endOfValue(text, from)
    if (JSON.parse(text.slice(at, colon)) === 'interactions') list = text.slice(from, end)
    at = text[end] === ',' ? afterSpace(text, end + 1) : end
  }
  return elementsOf(list)
}

function elementsOf(list: string): string[] {
  const elements: string[] = []
  for (let at = afterSpace(list, 1); list[at] !== ']'; ) {
    const end = endOfValue(list, at)
    elements.push(list.slice(at, end))
    at = list[end] === ',' ? afterSpace(list, end + 1) : end
  }
  return elements
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= 0x20) at += 1
  return at
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])

/** Where the value that begins at `from` ends: at the `:`, `,` or closing bracket behind it. */
function endOfValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; ; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = closingQuote(text, at)
    else if (OPEN.has(unit)) depth += 1
    else if (depth > 0) depth -= CLOSE.has(unit) ? 1 : 0
    else if (unit === COMMA || unit === COLON || CLOSE.has(unit)) return at
  }
}

function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); ; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return at
  }
}
