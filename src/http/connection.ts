import { randomUUID } from 'node:crypto'
import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { CATALOGUE, type ErrorName } from './error-catalogue.ts'
import { ApiError, errorBody } from './errors.ts'

/**
 * What Node would answer by itself, with no body and no request id, is left to the application: it says which
 * fault it is, in the form of every other error.
 */
export function answerAllRequests(app: FastifyInstance, server: Server): void {
  // Node would answer 417. No expectation but `100-continue` is known, and who expects more may be left waiting.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  // RFC 9112, 3.2. Node's own check is off (`requireHostHeader`).
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (raw.headers.host !== undefined || raw.httpVersion === '1.0') done()
    else done(new ApiError('invalidRequest', { fields: [{ name: 'host', description: 'is required' }] }))
  })
}

const CLIENT_ERRORS: Partial<Record<string, ErrorName>> = {
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
}

/** Answers what is no HTTP, or too much of it, before there is a request. */
export function refuseConnection(logger: FastifyBaseLogger) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const name = CLIENT_ERRORS[error.code ?? ''] ?? 'invalidRequest'
    const { status } = CATALOGUE[name]
    const id = randomUUID()
    logger.info({ request: id, status, reason: error.code }, 'connection refused')
    const body = JSON.stringify(errorBody(name))
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nX-Request-Id: ${id}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
}
