import { createServer, type RequestListener, type Server } from 'node:http'
import { limitConnections } from './connection-limit.ts'

const SECOND = 1000
const MAX_HEADER_BYTES = 16 * 1024
/** A connection on which nothing moves, in either direction, is closed. */
const IDLE_TIMEOUT = 60 * SECOND
/** Longer than load balancers keep idle connections (60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT = 65 * SECOND
const HEADERS_TIMEOUT = 60 * SECOND

/**
 * A client may end its side once it has sent its request (RFC 9112, 9.6). Node would end ours as well, before an answer
 * that takes its time. A property that Node's types leave out.
 */
function answerHalfClosed(server: Server & { httpAllowHalfOpen?: boolean }): void {
  server.httpAllowHalfOpen = true
}

/** The server under the application, with its limits and time-outs; it does not listen. */
export function httpServer(maxConnections: number, handle: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      // A stream of lines may take hours; a connection that stands still is closed by IDLE_TIMEOUT.
      requestTimeout: 0,
      // Checked by the application, which says what is wrong (connection.ts).
      requireHostHeader: false,
    },
    handle,
  )
  answerHalfClosed(server)
  server.setTimeout(IDLE_TIMEOUT)
  limitConnections(server, maxConnections)
  return server
}
