import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CommandError } from './command.ts'

/** A file, or standard input, to be read once. */
export interface Input {
  /** As the user named it. */
  name: string
  /** Bytes, where known. */
  size: number | undefined
  /** Names this very content, so that an interrupted import of it can go on; undefined for a pipe. */
  source: string | undefined
  bytesRead(): number
  /** The bytes, unpacked. */
  chunks(): AsyncGenerator<Uint8Array>
}

const CHUNK_BYTES = 256 * 1024

/** Opens `file` (`-` is standard input). `purpose` is part of the source's name. CommandError where it cannot be read. */
export function openInput(file: string, purpose: string): Input {
  if (file === '-') return inputOf('standard input', process.stdin, false, undefined, undefined)
  try {
    const fd = openSync(file, 'r')
    const stat = fstatSync(fd)
    if (stat.isDirectory()) {
      closeSync(fd)
      throw new CommandError(`${file} is a folder. Name the files in it.`)
    }
    const source = stat.isFile()
      ? sourceOf(fd, `${purpose} ${resolve(file)} ${stat.size} ${stat.mtimeMs}`)
      : undefined
    const stream = createReadStream(file, {
      fd,
      highWaterMark: CHUNK_BYTES,
      ...(stat.isFile() && { start: 0 }),
    })
    return inputOf(file, stream, /\.gz$/i.test(file), stat.isFile() ? stat.size : undefined, source)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

/** Path, size and time can be the same for another content; the beginning of it hardly ever is too. */
function sourceOf(fd: number, facts: string): string {
  const head = Buffer.alloc(64 * 1024)
  const length = readSync(fd, head, 0, head.length, 0)
  return createHash('sha256').update(facts).update('\0').update(head.subarray(0, length)).digest('base64url')
}

function inputOf(
  name: string,
  stream: Readable,
  gzip: boolean,
  size: number | undefined,
  source: string | undefined,
): Input {
  let read = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      read += chunk.length
      yield chunk
    }
  }
  return {
    name,
    size,
    source,
    bytesRead: () => read,
    chunks: () => (gzip ? unpacked(counted(), name) : counted()),
  }
}

async function* unpacked(packed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  const feeding = pipeline(packed, gunzip)
  feeding.catch(() => {})
  try {
    yield* gunzip as AsyncIterable<Uint8Array>
    await feeding
  } catch (error) {
    if (!/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new CommandError(`${name} is not gzip, or is damaged: what stood before the damage is stored.`)
  }
}
