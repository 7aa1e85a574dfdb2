/** Milliseconds between two looks at what runs. Ages are counted in looks: who had no time to look has not waited for long. */
const LOOK = 500
/** A statement that runs for so many looks (2 s) hangs; where others have just hung, for so many (1 s). */
const HANGS = 4
const HANGS_TOO = 2
/** After so many looks (1 min) without a statement that hangs, all that is known of accounts is forgotten. */
const CALM = 120
/** More than this is not counted, so that those that are as bad as can be do not push each other aside. */
const MOST_MISSES = 3

/** A connection of the pool, while somebody has it. */
export interface Share {
  readonly line: Line
  /** Until when it may take to connect, where it has been waited for (performance.now()). */
  readonly until: number | undefined
  /** The look before what runs was sent. */
  sentAt: number
  cut: (() => void) | undefined
  isCut: boolean
}

/** What an account has of the pool, and who waits for more of it. Without an account: what belongs to none. */
interface Line {
  readonly account: string | undefined
  held: number
  readonly waiting: Set<Waiting>
  /** How often in a row its statements have hung: those that hang together count once, and once more every 2 s. */
  misses: number
  missedAt: number
}

interface Waiting {
  begin(): void
}

/**
 * Says who may have a connection of the pool, so that accounts whose statements hang leave connections for the others. Accounts
 * take turns. One has three quarters of the pool at most, and one connection while it is slow, that is from when a statement of it
 * hangs until one is answered in time. All that are slow have half of the pool together. While some are, those that were not
 * answered since then are doubted: all these, the slow ones among them, have three quarters together. Where more hangs than that
 * half and others wait, it is cut; so is, within the half, what has hung most often for what has less often. What belongs to no
 * account is not bounded.
 */
export class Shares {
  readonly #size: number
  readonly #patience: number
  readonly #late: () => Error
  readonly #most: number
  readonly #half: number
  readonly #lines = new Map<string | undefined, Line>()
  readonly #held = new Set<Share>()
  /** In the order of their turns. */
  readonly #waiting = new Set<Line>()
  /** Accounts that were answered in time: lately, and since something hangs. */
  readonly #answered = new Set<string>()
  #now = 0
  #calmAt = 0
  #looking: NodeJS.Timeout | undefined

  /** `size`: connections of the pool; `patience`: milliseconds that one is waited for, then what `late` makes is thrown. */
  constructor(size: number, patience: number, late: () => Error) {
    this.#size = size
    this.#patience = patience
    this.#late = late
    this.#most = size - Math.floor(size / 4)
    this.#half = Math.floor(size / 2)
  }

  /** At once where there is room. */
  take(account: string | undefined): Promise<Share> {
    const line = this.#lineOf(account)
    if (line.waiting.size === 0 && this.#mayTake(line)) return Promise.resolve(this.#grant(line))
    const { promise, resolve, reject } = Promise.withResolvers<Share>()
    const until = performance.now() + this.#patience
    const timer = setTimeout(() => {
      // Not by #leave: whoever gives up has had no turn, and the others of its account keep theirs.
      line.waiting.delete(one)
      if (line.waiting.size === 0) this.#waiting.delete(line)
      this.#retire(line)
      reject(this.#late())
    }, this.#patience)
    const one: Waiting = {
      begin: () => {
        clearTimeout(timer)
        this.#leave(line, one)
        resolve(this.#grant(line, until))
      },
    }
    line.waiting.add(one)
    this.#waiting.add(line)
    return promise
  }

  give(share: Share): void {
    this.#held.delete(share)
    share.line.held -= 1
    this.#retire(share.line)
    this.#serve()
  }

  /** Something has been sent; `cut` ends it, and its connection. */
  sent(share: Share, cut: () => void): void {
    share.sentAt = this.#now
    share.cut = cut
  }

  /** What was sent has ended. */
  ended(share: Share): void {
    const { line } = share
    const inTime = !share.isCut && !this.#hangs(share)
    share.sentAt = Number.POSITIVE_INFINITY
    share.cut = undefined
    if (!inTime || line.account === undefined) return
    this.#answered.add(line.account)
    if (line.misses === 0) return
    line.misses = 0
    this.#serve()
  }

  /** When nobody has a share any more. */
  close(): void {
    clearInterval(this.#looking)
  }

  #lineOf(account: string | undefined): Line {
    let line = this.#lines.get(account)
    if (line === undefined) {
      line = { account, held: 0, waiting: new Set(), misses: 0, missedAt: 0 }
      this.#lines.set(account, line)
    }
    return line
  }

  #retire(line: Line): void {
    if (line.held === 0 && line.waiting.size === 0 && line.misses === 0) this.#lines.delete(line.account)
  }

  #grant(line: Line, until?: number): Share {
    const share = { line, until, sentAt: Number.POSITIVE_INFINITY, cut: undefined, isCut: false }
    this.#held.add(share)
    line.held += 1
    this.#looking ??= setInterval(() => this.#look(), LOOK).unref()
    return share
  }

  /** Puts the line behind the others, where more of it wait. */
  #leave(line: Line, one: Waiting): void {
    line.waiting.delete(one)
    this.#waiting.delete(line)
    if (line.waiting.size > 0) this.#waiting.add(line)
  }

  #mayTake(line: Line): boolean {
    if (this.#held.size >= this.#size) return false
    if (line.account === undefined) return true
    if (!this.#hasRoom(line)) return false
    if (!this.#isDoubted(line)) return true
    if (this.#count(({ line }) => this.#isDoubted(line)) >= this.#most) return false
    return line.misses === 0 || this.#count(isSlow) < Math.max(1, this.#half)
  }

  #hasRoom({ account, held, misses }: Line): boolean {
    return account === undefined || held < (misses > 0 ? 1 : this.#most)
  }

  get #isTroubled(): boolean {
    return this.#now < this.#calmAt
  }

  #isDoubted({ account }: Line): boolean {
    return this.#isTroubled && account !== undefined && !this.#answered.has(account)
  }

  #count(which: (share: Share) => boolean): number {
    let count = 0
    for (const share of this.#held) if (which(share)) count += 1
    return count
  }

  /** Those that have hung least often first, and these in turn. */
  #serve(): void {
    while (this.#waiting.size > 0 && this.#held.size < this.#size) {
      let next: Line | undefined
      for (const line of this.#waiting) {
        if (next !== undefined && line.misses >= next.misses) continue
        if (this.#mayTake(line)) next = line
        if (next?.misses === 0) break
      }
      const [first] = next?.waiting ?? []
      if (first === undefined) return
      first.begin()
    }
  }

  #hangs({ line, sentAt }: Share): boolean {
    return line.account !== undefined && this.#now - sentAt >= (this.#isTroubled ? HANGS_TOO : HANGS)
  }

  #look(): void {
    this.#now += 1
    const hanging = [...this.#held].filter((share) => this.#hangs(share))
    for (const share of hanging) this.#miss(share)
    if (hanging.length > 0) this.#calmAt = this.#now + CALM
    if (this.#now === this.#calmAt) this.#forget()
    // What was answered before a statement began to hang proves nothing.
    if (!this.#isTroubled && this.#count(({ sentAt }) => this.#now - sentAt > 1) === 0) this.#answered.clear()
    this.#relieve(hanging)
    if (this.#held.size > 0 || this.#isTroubled) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }

  #miss({ line, sentAt }: Share): void {
    if (sentAt < line.missedAt && this.#now - line.missedAt < HANGS) return
    line.misses = Math.min(MOST_MISSES, line.misses + 1)
    line.missedAt = this.#now
    if (line.account !== undefined) this.#answered.delete(line.account)
  }

  #forget(): void {
    this.#answered.clear()
    for (const line of this.#lines.values()) {
      line.misses = 0
      this.#retire(line)
    }
    this.#serve()
  }

  /** Cuts a connection for each line that waits, as long as there is one that has to go. The youngest, which has done least. */
  #relieve(hanging: Share[]): void {
    let going = this.#count(({ isCut }) => isCut)
    let slow = this.#count((share) => isSlow(share) && !share.isCut)
    for (const line of [...this.#waiting].sort((a, b) => a.misses - b.misses)) {
      if (!this.#hasRoom(line)) continue
      going -= 1
      if (going >= 0) continue
      if (line.misses === 0 ? slow <= this.#half : slow < Math.max(1, this.#half)) continue
      const [last] = hanging
        .filter((share) => !share.isCut && share.line.misses > line.misses)
        .sort((a, b) => b.line.misses - a.line.misses || b.sentAt - a.sentAt)
      if (last === undefined) return
      last.isCut = true
      slow -= 1
      last.cut?.()
    }
  }
}

function isSlow({ line }: Share): boolean {
  return line.misses > 0
}
