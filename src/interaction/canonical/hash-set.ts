/** Twice the most that are held, so that few meet: a power of two. */
const ROOM_FACTOR = 2
/** 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4): neighbours end up far apart. */
const GOLDEN = 0x9e3779b9 | 0

/** A set of up to `most` numbers of 32 bits, emptied at no cost: one of V8's own would be made anew for each interaction. */
export class HashSet {
  readonly #most: number
  readonly #shift: number
  readonly #hashes: Int32Array
  /** In which round of filling a place was taken. */
  readonly #rounds: Uint32Array
  #round = 1
  #count = 0

  constructor(most: number) {
    const bits = Math.ceil(Math.log2(ROOM_FACTOR * most))
    this.#most = most
    this.#shift = 32 - bits
    this.#hashes = new Int32Array(1 << bits)
    this.#rounds = new Uint32Array(1 << bits)
  }

  clear(): void {
    this.#count = 0
    this.#round = (this.#round + 1) >>> 0
    // After four billion rounds.
    if (this.#round === 0) {
      this.#rounds.fill(0)
      this.#round = 1
    }
  }

  /** Adds one; false where it is there, or there is no room. */
  add(hash: number): boolean {
    if (this.#count === this.#most) return false
    const mask = this.#hashes.length - 1
    let at = Math.imul(hash, GOLDEN) >>> this.#shift
    for (; this.#rounds[at] === this.#round; at = (at + 1) & mask) {
      if (this.#hashes[at] === hash) return false
    }
    this.#hashes[at] = hash
    this.#rounds[at] = this.#round
    this.#count += 1
    return true
  }
}
