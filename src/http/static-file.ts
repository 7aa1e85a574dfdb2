import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matchesNone, weakEtag } from './etag.ts'
import { takesGzip } from './negotiate.ts'

/** A file that is the same for everybody, held in memory, plain and compressed. */
export interface StaticFile {
  type: string
  plain: Buffer
  gzipped: Buffer
  etag: string
}

export async function makeStaticFile(type: string, plain: Buffer): Promise<StaticFile> {
  const etag = weakEtag([plain.toString('latin1')])
  return { type, plain, gzipped: await promisify(gzip)(plain), etag }
}

/** Sends the file, or 304 to a client that has it. */
export function sendStaticFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, plain, gzipped, etag }: StaticFile,
): FastifyReply {
  reply.headers({ etag, vary: 'Accept-Encoding', 'x-content-type-options': 'nosniff' })
  if (matchesNone(request.headers['if-none-match'], etag)) return reply.code(304).send()
  reply.type(type)
  if (!takesGzip(request.headers)) return reply.send(plain)
  return reply.header('content-encoding', 'gzip').send(gzipped)
}
