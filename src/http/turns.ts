/**
 * Lets as many run at once as together stay under a total, the others in the order in which they came. What is
 * larger than the total by itself runs alone.
 */
export class Turns {
  readonly #total: number
  #running = 0
  readonly #waiting: { size: number; start: () => void }[] = []

  constructor(total: number) {
    this.#total = total
  }

  /** Runs `work`, which counts as `size`, when it is its turn; at once where there is room. */
  run<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length === 0 && this.#fits(size)) return this.#start(size, work)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ size, start: resolve })
    // Counted from the moment that it may start, or those behind it would take its place.
    return promise.then(work).finally(() => this.#end(size))
  }

  #fits(size: number): boolean {
    return this.#running === 0 || this.#running + size <= this.#total
  }

  #start<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
    this.#running += size
    return work().finally(() => this.#end(size))
  }

  #end(size: number): void {
    this.#running -= size
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.size); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#running += next.size
      next.start()
    }
  }
}
