import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { type Record, textOf } from '../../src/formats/record.ts'

/** Bytes cut into pieces of these sizes, over and over; a size of 0 gives an empty piece. */
export function cut(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    pieces.push(bytes.subarray(from, from + size))
    from += size
  }
  return pieces
}

export async function* stream(...pieces: (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece
}

export async function collect(records: AsyncIterable<Record[]>): Promise<Record[]> {
  const all: Record[] = []
  for await (const some of records) all.push(...some)
  return all
}

/** Ways to cut: whole, one byte at a time, or anything between, with empty pieces among them. */
export const sizes: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom<number[][]>([Number.MAX_SAFE_INTEGER], [1], [2, 3]),
  fc
    .tuple(fc.array(fc.nat(9), { maxLength: 6 }), fc.integer({ min: 1, max: 40 }))
    .map(([some, one]) => [...some, one]),
)

const MEBIBYTE = 1024 * 1024

/**
 * Gives this many chunks of a mebibyte each, behind `before`, then `after`. Returns how many of those behind the
 * first `freely` chunks are still in memory once all have been given.
 */
export function watched(before: string, count: number, after: string, freely: number) {
  const chunks: WeakRef<ArrayBufferLike>[] = []
  const outcome = { held: Number.NaN }
  async function* give(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(before)
    for (let given = 0; given < count; given += 1) {
      const chunk = Buffer.from(new ArrayBuffer(MEBIBYTE)).fill('x')
      if (given >= freely) chunks.push(new WeakRef(chunk.buffer))
      yield chunk
    }
    await collectGarbage()
    outcome.held = chunks.filter((chunk) => chunk.deref() !== undefined).length
    yield Buffer.from(after)
  }
  return { chunks: give(), outcome }
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What was read in this turn of the event loop lives until its end.
  await setImmediate()
  collect()
}

/** A record with its text instead of its bytes. */
export type Worded = Omit<Record, 'bytes'> & { text?: string }

/** Records as their readers see them. */
export function worded({ bytes, ...rest }: Record): Worded {
  if (bytes === undefined) return rest
  const text = textOf(bytes)
  return text === undefined ? { ...rest, fault: 'is not UTF-8' } : { ...rest, text }
}

export async function collectWorded(records: AsyncIterable<Record[]>): Promise<Worded[]> {
  const all: Worded[] = []
  // At once: they may lie in what is given back when the next ones are asked for.
  for await (const some of records) all.push(...some.map(worded))
  return all
}
