import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { crc32, inflateRawSync } from 'node:zlib'

const HEADER_BYTES = 10
const TRAILER_BYTES = 8

/** Asserts that the bytes are one gzip member and nothing behind it, and gives what it holds. */
export function oneMember(gzip: Buffer): Buffer {
  assert.deepEqual([...gzip.subarray(0, 4)], [0x1f, 0x8b, 8, 0])
  const { buffer, engine } = inflateRawSync(gzip.subarray(HEADER_BYTES), { info: true }) as unknown as {
    buffer: Buffer
    engine: { bytesWritten: number }
  }
  assert.equal(HEADER_BYTES + engine.bytesWritten + TRAILER_BYTES, gzip.length, 'nothing behind the stream')
  assert.equal(gzip.readUInt32LE(gzip.length - 8), crc32(buffer), 'CRC-32')
  assert.equal(gzip.readUInt32LE(gzip.length - 4), buffer.length, 'length')
  return buffer
}

const PYTHON = `
import sys, zlib, gzip
data = sys.stdin.buffer.read()
one = zlib.decompressobj(wbits=31)
plain = one.decompress(data) + one.flush()
if not one.eof or one.unused_data != b'' or gzip.decompress(data) != plain: sys.exit(1)
sys.stdout.buffer.write(plain)
`

/** What other implementations make of the bytes, each undefined where it is not installed. */
export function otherReaders(gzip: Buffer): { gzip: Buffer | undefined; python: Buffer | undefined } {
  return { gzip: output('gzip', ['-dc'], gzip), python: output('python3', ['-c', PYTHON], gzip) }
}

/** Whether `gzip -t` finds nothing wrong; it warns of bytes behind the member with another exit code. */
export function gzipTest(gzip: Buffer): number | null | undefined {
  const { error, status } = spawnSync('gzip', ['-t'], { input: gzip })
  return error === undefined ? status : undefined
}

function output(command: string, args: string[], input: Buffer): Buffer | undefined {
  const { error, status, stdout, stderr } = spawnSync(command, args, { input, maxBuffer: 64 * 1024 * 1024 })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined
  assert.equal(status, 0, `${command}: ${stderr}`)
  return stdout
}
