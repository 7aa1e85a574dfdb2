import type { IncomingMessage } from 'node:http'
import Negotiator from 'negotiator'

const HAL = 'application/hal+json'
const JSON_TYPE = 'application/json'

/** HAL, unless the client prefers plain JSON; undefined where it takes neither (RFC 9110, 12.5.1). */
export function mediaTypeFor(request: IncomingMessage): string | undefined {
  const { accept } = request.headers
  if (accept === undefined || accept === '*/*') return HAL
  return new Negotiator(request).mediaType([HAL, JSON_TYPE])
}

/** Whether to answer with gzip: it is accepted, and plain is not preferred (RFC 9110, 12.5.3). */
export function takesGzip(request: IncomingMessage): boolean {
  const accepted = request.headers['accept-encoding']
  if (accepted === undefined) return false
  return new Negotiator(request).encoding(['gzip', 'identity']) === 'gzip'
}
