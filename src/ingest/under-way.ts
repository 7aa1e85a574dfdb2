import type { ImportState, WriteResult } from '../store/store.ts'

/** Batches that are on their way to the store while the next one is read: one is written, and one compressed meanwhile. */
export const MAX_WRITING = 2

/** What has been written so far, and what went wrong first. */
interface Reached {
  state: ImportState
  failure?: { error: unknown }
}

/** The batches of one input that are on their way to the store, in their order. */
export class UnderWay {
  #reached: Promise<Reached>
  readonly #writing: Promise<Reached>[] = []
  #failed = false

  constructor(state: ImportState) {
    this.#reached = Promise.resolve({ state })
  }

  /** How many there are. */
  get count(): number {
    return this.#writing.length
  }

  /** Waits until there are fewer than `most`. Throws where one was not written: then no further one should be. */
  async room(most: number): Promise<void> {
    while (this.#writing.length >= most) await this.#writing[0]
    if (this.#failed) await this.end()
  }

  /**
   * One more, that `written` settles for. `take` is told what had been reached with those before it, and says what is now; it is
   * called in order, also behind one that was not written, since what is written counts.
   */
  add(
    written: Promise<WriteResult[]>,
    take: (before: ImportState, results: WriteResult[]) => ImportState,
  ): void {
    const before = this.#reached
    // As soon as it is known, for nothing more to be begun; it is told in its turn.
    written.catch(() => {
      this.#failed = true
    })
    this.#reached = this.#settle(before, written, take)
    this.#writing.push(this.#reached)
  }

  async #settle(
    before: Promise<Reached>,
    written: Promise<WriteResult[]>,
    take: (before: ImportState, results: WriteResult[]) => ImportState,
  ): Promise<Reached> {
    const [{ value: reached }, result] = (await Promise.allSettled([before, written])) as [
      PromiseFulfilledResult<Reached>,
      PromiseSettledResult<WriteResult[]>,
    ]
    // In order, since each waits for the one before it.
    this.#writing.shift()
    try {
      if (result.status === 'rejected') throw result.reason
      return { ...reached, state: take(reached.state, result.value) }
    } catch (error) {
      this.#failed = true
      return { failure: { error }, ...reached }
    }
  }

  /** When nothing is on its way any more, what has been reached. Throws what went wrong first. */
  async end(): Promise<ImportState> {
    const { state, failure } = await this.#reached
    if (failure !== undefined) throw failure.error
    return state
  }

  /** When nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.#reached
  }
}
