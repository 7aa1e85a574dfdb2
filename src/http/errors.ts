import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../interaction/problems.ts'
import { StoreUnavailable } from '../store/errors.ts'
import { CATALOGUE, type CatalogueEntry, type ErrorName } from './error-catalogue.ts'
import { lingerOnBody } from './linger.ts'

/** An answer other than success, by its name in the catalogue. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly error: ErrorName
  readonly details: { description?: string; fields?: Problem[]; headers?: Record<string, string> }

  constructor(error: ErrorName, details: ApiError['details'] = {}) {
    super(CATALOGUE[error].message)
    this.error = error
    this.details = details
  }
}

/** The body of an error, in the contract's form. */
export function errorBody(error: ErrorName, { description, fields }: ApiError['details'] = {}) {
  const { code, message } = CATALOGUE[error]
  return { code, message, ...(description && { description }), ...(fields && { fields }) }
}

/** The one place where errors become answers. Nothing of the inside leaks; the log has the request id. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply))
  app.setNotFoundHandler((request, reply) => sendError(new ApiError('notFound'), request, reply))
}

export function sendError(thrown: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, headers, body } = errorAnswer(thrown, () => request.log)
  lingerOnBody(request)
  // The id is set here too: what is refused before its route is known has passed no hook.
  return reply.code(status).headers(headers).header('x-request-id', request.id).send(body)
}

/** What was thrown as an answer. What is our fault, or the store's, goes to the log as well. */
export function errorAnswer(thrown: Error, log: () => FastifyBaseLogger) {
  const { error, details } = apiErrorOf(thrown)
  if (error === 'unexpected') log().error({ err: thrown }, 'unexpected error')
  if (error === 'storeUnavailable') log().warn({ err: thrown }, 'the store cannot be reached')
  const { status, headers }: CatalogueEntry = CATALOGUE[error]
  return {
    status,
    headers: { ...headers, ...details.headers, 'content-type': 'application/json' } as Record<string, string>,
    // As bytes: Fastify adds a charset to the type of strings, and JSON has none (RFC 8259, 11).
    body: Buffer.from(JSON.stringify(errorBody(error, details))),
  }
}

function apiErrorOf(thrown: Error): ApiError {
  if (thrown instanceof ApiError) return thrown
  if (thrown instanceof StoreUnavailable || thrown.name === 'IssuerUnreachable') {
    return new ApiError('storeUnavailable')
  }
  const { code = '', statusCode = 500 } = thrown as FastifyError
  return new ApiError(BY_FASTIFY_CODE[code] ?? BY_STATUS[statusCode] ?? 'unexpected')
}

const BY_FASTIFY_CODE: Partial<Record<string, ErrorName>> = {
  FST_ERR_BAD_URL: 'invalidRequest',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupportedMediaType',
  FST_ERR_CTP_BODY_TOO_LARGE: 'bodyTooLarge',
}

const BY_STATUS: Partial<Record<number, ErrorName>> = {
  400: 'invalidRequest',
  404: 'notFound',
  413: 'bodyTooLarge',
  414: 'urlTooLong',
  415: 'unsupportedMediaType',
  429: 'rateLimited',
}
