import type { IncomingMessage } from 'node:http'
import Negotiator from 'negotiator'

const HAL = 'application/hal+json'
const JSON_TYPE = 'application/json'
/** Clients that name the charset, which JSON has none of, mean the same types. */
const OFFERS = [HAL, JSON_TYPE, `${HAL};charset=utf-8`, `${JSON_TYPE};charset=utf-8`]

/** HAL, unless the client prefers plain JSON; undefined where it takes neither (RFC 9110, 12.5.1). */
export function mediaTypeFor(request: IncomingMessage): string | undefined {
  const { accept } = request.headers
  if (accept === undefined || accept === '' || accept === '*/*') return HAL
  return new Negotiator(request).mediaType(OFFERS)?.split(';')[0]
}

/** Whether to answer with gzip: it is accepted, and plain is not preferred (RFC 9110, 12.5.3). */
export function takesGzip(request: IncomingMessage): boolean {
  const accepted = request.headers['accept-encoding']
  if (accepted === undefined) return false
  return new Negotiator(request).encoding(['gzip', 'identity']) === 'gzip'
}
