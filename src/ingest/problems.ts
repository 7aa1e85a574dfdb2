import type { Record } from '../formats/record.ts'
import type { Reading } from '../interaction/document.ts'
import { MAX_ID_BYTES } from '../interaction/limits.ts'
import { TooManyNames } from '../interaction/parse-json.ts'
import type { Problem } from '../interaction/problems.ts'
import type { RejectReason } from '../store/store.ts'

/** Why one item of many was not written. */
export interface ItemProblem {
  unit: Record['unit']
  place: number
  id?: string
  reason: 'invalid' | RejectReason
  /** What is wrong with which field, where the reason is `invalid`. */
  fields: Problem[]
}

type Place = Pick<Record, 'unit' | 'place'>

export function invalid(where: Place, id: string | undefined, fields: Problem[]): ItemProblem {
  return { unit: where.unit, place: where.place, id, reason: 'invalid', fields }
}

/** The problem of an interaction that could not be read. */
export function unreadable(where: Place, reading: Reading & { ok: false }): ItemProblem {
  const { id, problems, tooLarge } = reading
  const tellable = id !== undefined && Buffer.byteLength(id) <= MAX_ID_BYTES ? id : undefined
  return { ...invalid(where, tellable, shortNames(problems)), ...(tooLarge && { reason: 'too_large' }) }
}

/** A field whose name is longer is told by its beginning. */
const MAX_NAME = 200

/** A sender may make up names of any length, and problems are kept until all of the input is read. */
export function shortNames(fields: Problem[]): Problem[] {
  return fields.map(({ name, description }) => ({ name: shortName(name), description }))
}

function shortName(name: string): string {
  if (name.length <= MAX_NAME) return name
  // Copied: a slice would keep the whole text that it was cut from.
  return `${Buffer.from(name.slice(0, MAX_NAME)).toString()}…`
}

/**
 * The problem of a text that is no JSON. V8's message quotes the text around the fault, which may be somebody's
 * words; only the place is told.
 */
export function syntaxProblem(where: Place, error: SyntaxError): ItemProblem {
  const description = error instanceof TooManyNames ? error.message : `is not JSON${positionOf(error)}`
  return invalid(where, undefined, [{ name: '', description }])
}

export function positionOf(error: SyntaxError): string {
  const place = placeOf(error)
  if (place === 'end') return ' (it ends in the middle)'
  return place === undefined ? '' : ` (at character ${place + 1})`
}

/** How many characters stand before the fault; `end` where the text ends too early; undefined where V8 tells nothing. */
export function placeOf(error: SyntaxError): number | 'end' | undefined {
  // Anchored: in other messages the quoted text itself could read like this.
  const position = / at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(error.message)?.[1]
  if (position !== undefined) return Number(position)
  return /^Unexpected end of/.test(error.message) ? 'end' : undefined
}

const REASONS: { readonly [reason in RejectReason]: string } = {
  reopened: 'has ended and cannot be opened again',
  precondition: 'is not in the state that was asked for',
  too_large: 'is larger than a document may be',
  erased: 'has been erased, or its customer has',
}

/** The problem in words, one line a fault: `line 17: messages[3].channel must be …`. */
export function describe({ unit, place, id, reason, fields }: ItemProblem): string[] {
  const where = `${unit} ${place}`
  if (reason !== 'invalid') return [`${where}: interaction ${id} ${REASONS[reason]}`]
  return fields.map(({ name, description }) => `${where}: ${name === '' ? '' : `${name} `}${description}`)
}
