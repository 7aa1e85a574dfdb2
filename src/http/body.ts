import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { hasTooManyParts, MAX_PARTS } from '../ingest/parts.ts'
import { positionOf } from '../ingest/problems.ts'
import type { ByteBudget } from './budget.ts'
import { ApiError } from './errors.ts'

/** Four times zlib's own: the fewer the steps, the less each byte costs. */
const GUNZIP_CHUNK = 64 * 1024

/** What the body is said to be: in lower case, without parameters; undefined where nothing is said. */
export function mediaTypeOf({ headers }: FastifyRequest): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase()
}

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
  const { raw } = request
  const source = encoding === 'gzip' ? gunzipped(raw) : raw
  try {
    yield* source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } catch (error) {
    if (raw.destroyed && !raw.complete) {
      throw new ApiError('invalidRequest', { description: 'The body broke off in the middle.' })
    }
    if (encoding === 'gzip' && /^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) {
      throw new ApiError('invalidBody', {
        description: 'The body is not gzip, or ends in the middle of it, though Content-Encoding says gzip.',
      })
    }
    throw error
  } finally {
    // What is still coming of a body that is not wanted any more must not wait for a reader.
    if (source !== raw) {
      raw.unpipe()
      source.destroy()
    }
  }
}

/** The plain body. A client that goes away ends it with an error, or its reader would wait for ever. */
function gunzipped(raw: IncomingMessage): Readable {
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK })
  const giveUp = () => raw.complete || gunzip.destroy(new Error('aborted'))
  raw.once('close', giveUp)
  // Without its reader, nobody would catch the error.
  gunzip.once('close', () => raw.off('close', giveUp))
  return raw.pipe(gunzip)
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Room for the bodies that are held in memory as a whole. */
    bodyBudget: ByteBudget
  }
}

/**
 * Runs `use` on the whole body as text. ApiError where it is longer than `limit` bytes or no UTF-8, or where there
 * is no room for it now. The room is given back when `use` is done, since what was parsed lives as long.
 */
export async function withBodyText<Result>(
  request: FastifyRequest,
  limit: number,
  use: (text: string) => Promise<Result>,
): Promise<Result> {
  const budget = request.server.bodyBudget
  let held = 0
  try {
    const chunks: Uint8Array[] = []
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
    for await (const chunk of bodyChunks(request)) {
      if (held + chunk.length > limit) throw tooLarge(limit)
      if (!budget.take(chunk.length)) throw new ApiError('overloaded')
      held += chunk.length
      chunks.push(chunk)
    }
    return await use(textOf(chunks))
  } finally {
    budget.give(held)
  }
}

function tooLarge(limit: number): ApiError {
  return new ApiError('bodyTooLarge', { description: `This body may have ${limit} bytes at most.` })
}

function textOf(chunks: Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new ApiError('invalidBody', { description: 'The body is not UTF-8.' })
  }
}

/** Parses a body. The parser's own message quotes the text, so only the place of the fault is told. */
export function parseJson(text: string): unknown {
  if (hasTooManyParts(text)) {
    const description = `A body may have ${MAX_PARTS} arrays and objects at most.`
    throw new ApiError('bodyTooLarge', { description })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError('invalidBody', {
      description: `The body is not JSON${positionOf(error as SyntaxError)}.`,
    })
  }
}
