import { hasTooManyParts, hasTooManyValues, MAX_PARTS, MAX_VALUES } from '../ingest/parts.ts'
import { placeOf } from '../ingest/problems.ts'
import { TooManyNames } from '../interaction/parse-json.ts'
import { ApiError } from './errors.ts'

/** What can be wrong with a body before anybody looks at what it says. */

export function tooLarge(limit: number): ApiError {
  return new ApiError('bodyTooLarge', { description: `This body may have ${limit} bytes at most.` })
}

export function tooManyParts(): ApiError {
  const description = `A body may have ${MAX_PARTS} arrays and objects at most.`
  return new ApiError('bodyTooLarge', { description })
}

export function notUtf8(): ApiError {
  return new ApiError('invalidBody', { description: 'The body is not UTF-8.' })
}

/** A body that ends in the middle, or whose fault stands behind so many characters (NaN: nobody knows). */
export function notJson(place: number | 'end' | undefined): ApiError {
  const known = typeof place === 'number' && !Number.isNaN(place)
  const where = place === 'end' ? ' (it ends in the middle)' : known ? ` (at character ${place + 1})` : ''
  return new ApiError('invalidBody', { description: `The body is not JSON${where}.` })
}

/**
 * The fault of a piece that stands behind `before` characters of the body. What breaks off at its end is told
 * with `ended`. The parser's own message quotes the text, so only the place is told.
 */
export function syntaxFault(error: SyntaxError, before = 0, ended: number | 'end' = 'end'): ApiError {
  if (error instanceof TooManyNames)
    return new ApiError('invalidBody', { description: `It ${error.message}.` })
  const place = placeOf(error)
  return notJson(place === 'end' ? ended : place === undefined ? undefined : before + place)
}

export function noList(): ApiError {
  const description = 'must be a list of interactions, as in {"interactions": […]}'
  return new ApiError('invalidBody', { fields: [{ name: 'interactions', description }] })
}

/** Refuses a text that would be far larger parsed than it is, for its arrays and objects. */
export function checkParts(text: string): void {
  if (hasTooManyParts(text)) throw tooManyParts()
}

/** Refuses a text that would be far larger parsed than it is, for its values. */
export function checkValues(text: string): void {
  if (!hasTooManyValues(text)) return
  throw new ApiError('bodyTooLarge', {
    description: `One interaction may have ${MAX_VALUES} values at most.`,
  })
}
