import type { Span } from './span.ts'

/** A pattern of an account's own: what it finds becomes `[NAME]`. */
export interface Pattern {
  name: string
  pattern: string
}

export const MAX_PATTERNS = 20
/** Characters of one pattern. */
export const MAX_PATTERN = 200
/** Steps of the automaton that a pattern becomes: each may be tried at each character. */
export const MAX_PROGRAM = 100
/** Characters of one find; what is longer is found in parts. */
export const MAX_FIND = 1024
/** Characters that one search looks at; finds begin before the last MAX_FIND of them. */
export const MAX_LOOK = 8192
/** Finds of one pattern in one text. What follows the last of them is redacted as a whole. */
export const MAX_FINDS = 1000

/** Finds of a pattern in a text, without overlap. */
export type Find = (text: string) => Span[]

/** What is wrong with a pattern; it names the pattern only. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

/**
 * Compiles a pattern in the syntax of RE2, which has no look-around and no back-references. PatternError for one that is
 * none, is too large, or matches the empty string. The engine is loaded when it is first needed: 23 ms and 7 MB.
 */
export async function compilePattern({ name, pattern }: Pattern): Promise<Find> {
  if (pattern.length > MAX_PATTERN) throw new PatternError(`${name} is longer than ${MAX_PATTERN} characters`)
  const { RE2JS } = await import('re2js')
  const compiled = compileWith(RE2JS, name, pattern)
  if (compiled.programSize() > MAX_PROGRAM) {
    throw new PatternError(`${name} becomes an automaton of more than ${MAX_PROGRAM} steps`)
  }
  if (compiled.matcher('').find()) throw new PatternError(`${name} matches the empty string`)
  return (text) => findAll(compiled, text)
}

type Engine = typeof import('re2js').RE2JS
type Compiled = ReturnType<Engine['compile']>

function compileWith(engine: Engine, name: string, pattern: string): Compiled {
  try {
    return engine.compile(pattern)
  } catch (error) {
    throw new PatternError(`${name} is no pattern of RE2: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * One find takes linear time, but all of them together need not: a pattern may read on to the end for each, in vain. So each
 * looks at so many characters only, and there are so many finds.
 */
function findAll(compiled: Compiled, text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  while (from < text.length) {
    // One character more, so that `\b` knows what stands before.
    const base = Math.max(0, from - 1)
    const matcher = compiled.matcher(text.slice(base, from + MAX_LOOK))
    const next = from + MAX_LOOK - MAX_FIND
    const start = matcher.find(from - base) ? base + matcher.start() : next
    if (start >= next) {
      from = next
      continue
    }
    const end = Math.min(base + matcher.end(), start + MAX_FIND)
    if (end === start) {
      // Matches nothing between two characters: `\b`, which no empty text has.
      from = start + 1
      continue
    }
    if (spans.length === MAX_FINDS) {
      spans.push({ start, end: text.length })
      break
    }
    spans.push({ start, end })
    from = end
  }
  return spans
}
