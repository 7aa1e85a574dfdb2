import type { FastifyReply, FastifyRequest } from 'fastify'
import { freeBytes } from '../../interaction/bytes.ts'
import { principalOf } from '../plugins/authenticate.ts'
import { type Read, runRead } from './read.ts'

/** Answers a request of the framework with a read. */
export async function sendRead(
  read: Read,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const exchange = { message: request.raw, response: reply.raw }
  const { status, headers, body, told } = await runRead(
    read,
    request.server.answers,
    principalOf(request),
    exchange,
  )
  request.told = told
  reply.code(status).headers(headers)
  if (body === undefined) return reply.send()
  // On `close` the last byte has been handed to the system, or the connection is closed and nothing reads them any more.
  reply.raw.once('close', () => freeBytes(body))
  return reply.send(body)
}
