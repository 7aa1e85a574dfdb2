import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { positionOf } from '../ingest/problems.ts'
import { ApiError } from './errors.ts'

/**
 * The body as a stream of bytes, gunzipped where it is sent with `Content-Encoding: gzip`. Ending the iteration
 * early leaves the connection open, so that the answer can still be sent on it.
 */
export async function* bodyChunks(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new ApiError('unsupportedMediaType', {
      description: 'Content-Encoding must be gzip, or be left out.',
    })
  }
  let source: Readable = request.raw
  if (encoding === 'gzip') {
    const gunzip = createGunzip()
    // A client that goes away must end the pipe, or the reader would wait for ever.
    request.raw.once('error', (error) => gunzip.destroy(error))
    request.raw.once('close', () => request.raw.complete || gunzip.destroy(new Error('aborted')))
    source = request.raw.pipe(gunzip)
  }
  try {
    yield* source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } catch (error) {
    if (encoding === 'gzip' && /^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) {
      throw new ApiError('invalidBody', {
        description: 'The body is not gzip, though Content-Encoding says so.',
      })
    }
    throw error
  }
}

/** The whole body as text. ApiError where it is longer than `limit` bytes or no UTF-8. */
export async function bodyText(request: FastifyRequest, limit: number): Promise<string> {
  const tooLarge = () =>
    new ApiError('bodyTooLarge', { description: `This body may have ${limit} bytes at most.` })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of bodyChunks(request)) {
    length += chunk.length
    if (length > limit) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new ApiError('invalidBody', { description: 'The body is not UTF-8.' })
  }
}

/** Parses a body. The parser's own message quotes the text, so only the place of the fault is told. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError('invalidBody', {
      description: `The body is not JSON${positionOf(error as SyntaxError)}.`,
    })
  }
}
