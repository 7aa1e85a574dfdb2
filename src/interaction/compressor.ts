import { constants, createDeflateRaw, type ZlibOptions } from 'node:zlib'

/** What is used of a stream of `node:zlib` that its types do not name. npm's own `minizlib` lives on the same. */
interface Engine {
  _handle: { close(): void }
  _processChunk(chunk: Uint8Array, flush: number): Uint8Array
  reset(): void
  removeAllListeners(event: string): void
}

/** Enough for most documents; more is put together out of several. */
const CHUNK = 16 * 1024

/**
 * Compresses one thing after the other, in the same thread, to raw deflate that ends with a sync flush and refers to
 * nothing before it. `deflateRawSync` makes a stream for each call, which V8 finds to be garbage only when it marks the
 * whole heap. What it gives is as long, but for some bytes in one of a hundred.
 */
export function compressor(options: ZlibOptions): (plain: Uint8Array) => Buffer {
  const engine = createDeflateRaw({ ...options, chunkSize: CHUNK }) as unknown as Engine
  const handle = engine._handle
  // Compressing in one go ends with this; then the state of zlib would have to be made anew.
  handle.close = () => {}
  return (plain) => {
    try {
      // Copied: the next one is written to the same place.
      return Buffer.from(engine._processChunk(plain, constants.Z_SYNC_FLUSH))
    } finally {
      engine._handle = handle
      engine.removeAllListeners('error')
      engine.reset()
    }
  }
}
