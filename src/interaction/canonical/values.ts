import { CANONICAL_LENGTH, canonicalInstantIn } from '../instant.ts'
import { CLOSE_ARRAY, COMMA, OPEN_ARRAY } from '../json-bytes.ts'
import type { ValueKind } from './kinds.ts'
import type { Scanner } from './scanner.ts'
import { Word } from './word.ts'

const BOOLEANS = ['false', 'true'].map((text) => new Word(text))
const QUOTES = 2

/**
 * Steps over a value of this kind. Gives what it is: a number as it is, an instant in microseconds since 1970, of a word which
 * one, and 0 for a string; NaN where no such value is there.
 */
export function readValue(scanner: Scanner, kind: ValueKind): number {
  switch (kind.is) {
    case 'string':
      return stringIn(scanner, kind) ? 0 : Number.NaN
    case 'word':
      return found(scanner.takesOneOf(kind.words))
    case 'boolean':
      return found(scanner.takesOneOf(BOOLEANS))
    case 'instant':
      return instantIn(scanner)
    default: {
      const number = scanner.number()
      return number <= kind.most && (kind.is === 'number' || Number.isInteger(number)) ? number : Number.NaN
    }
  }
}

function found(index: number): number {
  return index < 0 ? Number.NaN : index
}

/** Escapes make a string longer than it is, so one near its limit may be refused. */
function stringIn(scanner: Scanner, { least, most }: ValueKind): boolean {
  const from = scanner.at + 1
  if (!scanner.takesString()) return false
  const length = scanner.at - 1 - from
  return length >= least && length <= most
}

function instantIn(scanner: Scanner): number {
  const from = scanner.at
  if (!scanner.takesString() || scanner.at - from !== CANONICAL_LENGTH + QUOTES) return Number.NaN
  return canonicalInstantIn(scanner.bytes, from + 1) ?? Number.NaN
}

/** Steps over a list of `most` entries at most, each of which `takes` steps over. */
export function takesList(scanner: Scanner, most: number, takes: () => boolean): boolean {
  if (!scanner.takes(OPEN_ARRAY)) return false
  if (scanner.takes(CLOSE_ARRAY)) return true
  for (let count = 1; count <= most; count += 1) {
    if (!takes()) return false
    if (!scanner.takes(COMMA)) return scanner.takes(CLOSE_ARRAY)
  }
  return false
}
