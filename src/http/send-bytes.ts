import type { FastifyReply } from 'fastify'
import { freeBytes } from '../interaction/bytes.ts'

/** Sends bytes that nobody else needs, and gives their memory back when the answer has been sent, or its client is gone. */
export function sendBytes(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  // On `close` the last byte has been handed to the system, or the connection is closed and nothing reads them any more.
  reply.raw.once('close', () => freeBytes(bytes))
  return reply.send(bytes)
}
