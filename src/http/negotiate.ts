import type { IncomingHttpHeaders } from 'node:http'
import Negotiator from 'negotiator'

const HAL = 'application/hal+json'
const JSON_TYPE = 'application/json'
const LINES_TYPE = 'application/x-ndjson'
const EVENTS_TYPE = 'text/event-stream'

/** For pages: HAL, unless the client prefers plain JSON; undefined where it takes neither (RFC 9110, 12.5.1). */
export function pageTypeFor(headers: IncomingHttpHeaders): string | undefined {
  return preferred(headers, [HAL, JSON_TYPE])
}

/** For one interaction, which has no links: JSON, unless the client prefers HAL. */
export function documentTypeFor(headers: IncomingHttpHeaders): string | undefined {
  return preferred(headers, [JSON_TYPE, HAL])
}

/** For changes: a page of JSON, unless the client prefers lines or events. */
export function changesTypeFor(headers: IncomingHttpHeaders) {
  return preferred(headers, [JSON_TYPE, LINES_TYPE, EVENTS_TYPE])
}

/** The type that the client likes best; of those it likes the same, the first. */
function preferred<Type extends string>(
  headers: IncomingHttpHeaders,
  types: readonly [Type, ...Type[]],
): Type | undefined {
  const { accept } = headers
  if (accept === undefined || accept === '' || accept === '*/*') return types[0]
  // Clients that name the charset, which JSON has none of, mean the same types.
  const offers = [...types, ...types.map((type) => `${type};charset=utf-8`)]
  const type = new Negotiator({ headers }).mediaType(offers)?.split(';')[0]
  return types.find((offered) => offered === type)
}

const WEIGHED = /[;*]|identity/i
const LISTS_GZIP = /(?:^|,)[ \t]*gzip[ \t]*(?:,|$)/i

/** Whether to answer with gzip: it is accepted, and plain is not preferred (RFC 9110, 12.5.3). */
export function takesGzip(headers: IncomingHttpHeaders): boolean {
  const accepted = headers['accept-encoding']
  if (accepted === undefined) return false
  // Most clients give a plain list, in which there is nothing to weigh.
  if (!WEIGHED.test(accepted)) return LISTS_GZIP.test(accepted)
  return new Negotiator({ headers }).encoding(['gzip', 'identity']) === 'gzip'
}
