/** Who waits: what it counts as, and how it begins. */
interface Waiting {
  owner: string
  size: number
  begin: () => void
}

/**
 * Lets as many run at once as together stay under a total, the others in the order in which they came. What one owner
 * has running stays under half of the total, so that others find room however long it takes; its next ones let those
 * behind them pass. What is larger than that half counts as it, and so runs as the only one of its owner.
 */
export class Turns {
  readonly #total: number
  readonly #share: number
  #running = 0
  /** What each owner has running; nobody who has nothing. */
  readonly #shares = new Map<string, number>()
  readonly #waiting: Waiting[] = []

  constructor(total: number) {
    this.#total = total
    this.#share = total / 2
  }

  /**
   * Runs `work`, which counts as `size`, when it is its turn; at once where there is room. Where it has not begun after
   * `patience` milliseconds, it never does, and what `late` makes is thrown.
   */
  run<Result>(
    owner: string,
    size: number,
    work: () => Promise<Result>,
    patience?: number,
    late: () => Error = () => new Error('waited for too long'),
  ): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    let timer: NodeJS.Timeout | undefined
    const one: Waiting = {
      owner,
      size: Math.min(size, this.#share),
      begin: () => {
        clearTimeout(timer)
        this.#count(one, one.size)
        // A function of its own: what `work` throws at once is its own fault, and not of the one that has ended.
        resolve((async () => work())().finally(() => this.#end(one)))
      },
    }
    this.#waiting.push(one)
    this.#advance()
    if (patience !== undefined && this.#waiting.at(-1) === one) {
      timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(one), 1)
        reject(late())
        // Those behind it may have waited for it only.
        this.#advance()
      }, patience)
    }
    return promise
  }

  /** Begins those that may, in their order. */
  #advance(): void {
    for (let at = 0; at < this.#waiting.length && this.#running < this.#total; ) {
      const next = this.#waiting[at] as Waiting
      if (!this.#isInShare(next)) at += 1
      else if (this.#running + next.size > this.#total) return
      else {
        this.#waiting.splice(at, 1)
        next.begin()
      }
    }
  }

  #isInShare({ owner, size }: Waiting): boolean {
    return (this.#shares.get(owner) ?? 0) + size <= this.#share
  }

  #end(one: Waiting): void {
    this.#count(one, -one.size)
    this.#advance()
  }

  #count({ owner }: Waiting, size: number): void {
    this.#running += size
    const share = (this.#shares.get(owner) ?? 0) + size
    if (share === 0) this.#shares.delete(owner)
    else this.#shares.set(owner, share)
  }
}
