import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { freeBytes } from '../interaction/bytes.ts'
import { parseJson as parseText } from '../interaction/parse-json.ts'
import { checkParts, checkValues, notUtf8, syntaxFault, tooLarge } from './body-faults.ts'
import { type ByteBudget, CHUNK_BYTES, Room } from './budget.ts'
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

/**
 * The same, each chunk given back when the next one is asked for: nobody may look at it any more then. Left to the collector, those
 * of 64 MB of a body make it mark the whole heap. Between two chunks others have their turn.
 */
export async function* lentChunks(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  for await (const chunk of bodyChunks(request)) {
    yield chunk
    // A shorter one lies in memory that others use as well: zlib writes on behind it.
    if (chunk.length === chunk.buffer.byteLength) freeBytes(chunk)
    // What comes fast is read in dozens of chunks before anything else is: the store's answers would wait for as long (70 ms).
    await nextTurn()
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
    /** Room for the bodies that are held in memory, and for what is made of them. */
    bodyBudget: ByteBudget
  }
}

/**
 * Runs `use` on what `read` makes of the body's text, and on the room that the body takes, given back when `use` is
 * done. ApiError where the body is longer than `limit` bytes or no UTF-8, or where there is no room for it now.
 */
export async function withBody<Content, Result>(
  request: FastifyRequest,
  limit: number,
  read: (text: string) => Content,
  use: (content: Content, room: Room) => Promise<Result>,
): Promise<Result> {
  const room = new Room(request.server.bodyBudget)
  try {
    const chunks: Uint8Array[] = []
    let received = 0
    checkLength(request, limit)
    for await (const chunk of bodyChunks(request)) {
      received += chunk.length
      chunks.push(chunk)
      if (received > limit) throw tooLarge(limit)
      if (!room.resize(received + CHUNK_BYTES * chunks.length)) throw new ApiError('overloaded')
    }
    // The text is not kept while `use` waits, and the chunks are gone before it is parsed.
    return await use(read(textOf(chunks.splice(0))), room)
  } finally {
    room.leave()
  }
}

/** Refuses a body that is said to be longer than `limit` before any of it is read. */
export function checkLength(request: FastifyRequest, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
}

function textOf(chunks: Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw notUtf8()
  }
}

export function parseJson(text: string): unknown {
  checkParts(text)
  checkValues(text)
  try {
    return parseText(text)
  } catch (error) {
    throw syntaxFault(error as SyntaxError)
  }
}
