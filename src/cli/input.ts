import { createHash } from 'node:crypto'
import { accessSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs'
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
  /** The bytes, unpacked. They end early where the rest cannot be read; `failure` then says why. */
  chunks(): AsyncGenerator<Uint8Array>
  failure(): CommandError | undefined
}

const CHUNK_BYTES = 256 * 1024

/**
 * Throws a CommandError where `file` cannot be read, so that a command can tell before it begins. Does not open it:
 * a named pipe can be opened only once.
 */
export function checkInput(file: string): void {
  if (file === '-') return
  try {
    if (statSync(file).isDirectory()) throw new CommandError(`${file} is a folder. Name the files in it.`)
    accessSync(file, constants.R_OK)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** Opens `file` (`-` is standard input). `purpose` is part of the source's name. CommandError where it cannot be read. */
export function openInput(file: string, purpose: string): Input {
  if (file === '-') return inputOf('standard input', process.stdin, undefined, undefined)
  checkInput(file)
  try {
    const fd = openSync(file, 'r')
    const stat = fstatSync(fd)
    if (!stat.isFile()) return inputOf(file, createReadStream(file, { fd }), undefined, undefined)
    const source = sourceOf(fd, `${purpose} ${resolve(file)} ${stat.size} ${stat.mtimeMs}`)
    const stream = createReadStream(file, { fd, highWaterMark: CHUNK_BYTES, start: 0 })
    return inputOf(file, stream, stat.size, source)
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): CommandError {
  if (error instanceof CommandError) return error
  return new CommandError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`)
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
  size: number | undefined,
  source: string | undefined,
): Input {
  let read = 0
  let failure: CommandError | undefined
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      read += chunk.length
      yield chunk
    }
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* unpacked(counted(), name)
    } catch (error) {
      failure = /^Z_/.test((error as NodeJS.ErrnoException).code ?? '')
        ? new CommandError(`${name} is not gzip, or is damaged. What could be read of it is stored.`)
        : unreadable(name, error)
    }
  }
  return { name, size, source, bytesRead: () => read, chunks, failure: () => failure }
}

/** Unpacks what is named `.gz` or begins as gzip does (RFC 1952, 2.3.1), as standard input may. */
async function* unpacked(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const first = await bytes.next()
  if (first.done) return
  const whole = resumed(first.value, bytes)
  const gzip = /\.gz$/i.test(name) || (first.value[0] === 0x1f && first.value[1] === 0x8b)
  if (!gzip) return yield* whole
  const gunzip = createGunzip()
  const feeding = pipeline(whole, gunzip)
  feeding.catch(() => {})
  yield* gunzip as AsyncIterable<Uint8Array>
  await feeding
}

async function* resumed(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}
