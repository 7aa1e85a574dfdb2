import { MAX_RECORD_BYTES } from '../../formats/record.ts'
import { BATCH_CHARACTERS } from '../../ingest/ingest.ts'
import type { Store } from '../../store/store.ts'
import { type ByteBudget, CHUNK_BYTES } from '../budget.ts'
import { ApiError } from '../errors.ts'

/** Streams of lines that are read at once; each holds some hundred KB besides its batches. */
export const MAX_STREAMS = 64

/** Shares what streams may hold among those that run. */
export class Streams {
  #running = 0

  /** Runs one more stream. ApiError `overloaded` where there are too many. */
  async run<Result>(read: () => Promise<Result>): Promise<Result> {
    if (this.#running >= MAX_STREAMS) throw new ApiError('overloaded')
    this.#running += 1
    try {
      return await read()
    } finally {
      this.#running -= 1
    }
  }

  /**
   * Characters of one batch: the more streams, the smaller, and the writer commits them together. So all streams hold what one
   * would: a batch that is read, and those on their way to the store (MAX_WRITING in ingest/under-way.ts).
   */
  batchCharacters(): number {
    return BATCH_CHARACTERS / this.#running
  }
}

const NEWLINE = 0x0a
/** What is made of a line may have two bytes for each of its own. */
const WEIGHT = 2

/**
 * The room that the long lines of one stream take: those that span more than a chunk. It is taken while they come, and
 * given back when what was made of them is written. Who finds none is answered 503 and sends the whole again: waiting
 * would let half-read lines wait for each other.
 */
export class LineRoom {
  readonly #budget: ByteBudget
  #lineBytes = 0
  /** Held for lines that are not handed to the store yet, and in all. */
  #unwritten = 0
  #held = 0

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  async *follow(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      const last = chunk.lastIndexOf(NEWLINE)
      if (last === -1) this.#take(chunk.length + CHUNK_BYTES)
      else this.#lineBytes = chunk.length - last - 1
      yield chunk
    }
  }

  /** The store, by whose writes the room is given back. */
  watch(store: Store): Store {
    return {
      ...store,
      writeInteractions: async (accountId, drafts, options) => {
        const bytes = this.#unwritten
        this.#unwritten = 0
        try {
          return await store.writeInteractions(accountId, drafts, options)
        } finally {
          this.#give(bytes)
        }
      },
    }
  }

  /** Gives back what is still held. */
  leave(): void {
    this.#give(this.#held)
  }

  /** Of a line that is too long, nothing more is kept. */
  #take(bytes: number): void {
    this.#lineBytes += bytes
    if (this.#lineBytes > MAX_RECORD_BYTES) return
    if (!this.#budget.take(WEIGHT * bytes)) throw new ApiError('overloaded')
    this.#unwritten += WEIGHT * bytes
    this.#held += WEIGHT * bytes
  }

  #give(bytes: number): void {
    const given = Math.min(bytes, this.#held)
    this.#held -= given
    this.#budget.give(given)
  }
}
