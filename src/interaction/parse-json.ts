import { randomUUID } from 'node:crypto'
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  isSpace,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts'

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** Names that have to be exchanged, in one text: with each some hundred bytes of memory. */
export const MAX_ESCAPED_NAMES = 10_000
/** What is nested deeper is refused whatever its names are (MAX_DEPTH in limits.ts), and would overflow the stack here. */
const MOST_LEVELS = 100

/** A text is JSON, and has more than MAX_ESCAPED_NAMES. */
export class TooManyNames extends SyntaxError {
  constructor() {
    super(`has more than ${MAX_ESCAPED_NAMES} names of properties that are written with escapes`)
  }
}

/**
 * `JSON.parse` that gives every property its own name. V8's (14.6, of Node 26.10; not 11.3, of Node 20) takes a name for one that it
 * expects there, since an object like it had that name before, where the expected one is how the name begins as it is written: after
 * `{"a":1,"\\":2}` it reads `{"a":1,"\"":2}` as the same, whoever sent which. Only names with escapes are written otherwise than
 * they are, so these are given others, without escapes, until the text has been parsed. Throws SyntaxError as `JSON.parse` does and,
 * without `revive`, TooManyNames.
 */
export function parseJson(text: string, revive?: Reviver): unknown {
  const names = text.includes('\\') ? escapedNames(text) : []
  if (names.length === 0 || isDeep(text)) return parse(text, revive)
  // What is wrong with it is told of the text as it came.
  JSON.parse(text)
  // What is stored was put together of several texts, each of which was parsed like this before, and has to be read.
  if (names.length > MAX_ESCAPED_NAMES && revive === undefined) throw new TooManyNames()
  // Nobody can have a name that begins like this.
  const prefix = randomUUID()
  const own = new Map<string, string>()
  let renamed = ''
  let at = 0
  for (const { from, to } of names) {
    const name = JSON.parse(text.slice(from, to)) as string
    let written = JSON.stringify(name)
    if (written.includes('\\')) {
      own.set(`${prefix}${from}`, name)
      written = `"${prefix}${from}"`
    }
    renamed += text.slice(at, from) + written
    at = to
  }
  renamed += text.slice(at)
  return parse(renamed, (key, value, context) => {
    const named = withOwnNames(value, prefix, own)
    return revive === undefined ? named : revive(own.get(key) ?? key, named, context)
  })
}

// The reviver's third argument (ECMAScript 2025) is not in TypeScript's library yet.
const parse = JSON.parse as (text: string, revive?: Reviver) => unknown

/** Where names with escapes stand, with their quotes, in a text of JSON. */
function escapedNames(text: string): { from: number; to: number }[] {
  const names: { from: number; to: number }[] = []
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at)) {
    // The first of its string, so that this is where the string begins.
    const from = text.lastIndexOf('"', at)
    while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
    at += 1
    if (isName(text, at)) names.push({ from, to: at })
  }
  return names
}

function isDeep(text: string): boolean {
  let levels = 0
  let inString = false
  for (let at = 0; at < text.length && levels <= MOST_LEVELS; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) inString = !inString
    else if (inString) at += unit === BACKSLASH ? 1 : 0
    else if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) levels += 1
    else if (unit === CLOSE_ARRAY || unit === CLOSE_OBJECT) levels -= 1
  }
  return levels > MOST_LEVELS
}

/** Whether the string that ends before this place is a name: a colon follows. */
function isName(text: string, end: number): boolean {
  let at = end
  while (isSpace(text.charCodeAt(at))) at += 1
  return text.charCodeAt(at) === COLON
}

function withOwnNames(value: unknown, prefix: string, own: Map<string, string>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const names = Object.keys(value)
  if (!names.some((name) => name.startsWith(prefix))) return value
  // A name that is there twice stands where it was first, and has the value that came last: as in JSON.parse.
  const named: Record<string, unknown> = {}
  for (const name of names) {
    const each = (value as Record<string, unknown>)[name]
    const key = own.get(name) ?? name
    if (key === '__proto__') Object.defineProperty(named, key, { value: each, ...OWN })
    else named[key] = each
  }
  return named
}

const OWN = { enumerable: true, configurable: true, writable: true }
