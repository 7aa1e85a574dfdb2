/** A stream of pseudo-random values that depends on nothing but the key it was made from. */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** One element, each as likely as its weight says. */
  weighted<T>(list: readonly T[], weight: (item: T) => number): T
  /** `digits` hexadecimal digits, lower case; `digits` is a multiple of 8. */
  hex(digits: number): string
  /** A random (version 4) UUID. */
  uuid(): string
}

/** Makes a stream from a key; the same parts in the same order give the same stream. */
export function createRandom(...key: readonly (string | number)[]): Random {
  const word = generator(hash(key.join('\u0000')))
  const next = () => word() / 4294967296
  const hex = (digits: number) => {
    let out = ''
    while (out.length < digits) out += word().toString(16).padStart(8, '0')
    return out
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (p) => next() < p,
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
    weighted: (list, weight) => weighted(list, weight, next()),
    hex,
    uuid: () => asUuid(hex(32)),
  }
}

function weighted<T>(list: readonly T[], weight: (item: T) => number, at: number): T {
  let total = 0
  for (const item of list) total += weight(item)
  let left = at * total
  for (const item of list) {
    left -= weight(item)
    if (left < 0) return item
  }
  return list[list.length - 1] as T
}

function asUuid(hex: string): string {
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16)
  const third = `4${hex.slice(13, 16)}`
  const fourth = `${variant}${hex.slice(17, 20)}`
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${third}-${fourth}-${hex.slice(20)}`
}

/** Four 32-bit words that differ in about half their bits for any two keys. */
function hash(key: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667]
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i)
    words[0] = Math.imul(words[0] ^ unit, 0x85ebca6b) ^ (words[3] >>> 15)
    words[1] = Math.imul(words[1] ^ unit, 0xc2b2ae35) ^ (words[0] >>> 13)
    words[2] = Math.imul(words[2] ^ unit, 0x27d4eb2f) ^ (words[1] >>> 16)
    words[3] = Math.imul(words[3] ^ unit, 0x165667b1) ^ (words[2] >>> 14)
  }
  return words
}

/** The small fast counting generator (sfc32): 128 bits of state, passes the usual test batteries. */
function generator(seed: [number, number, number, number]): () => number {
  let [a, b, c, counter] = seed
  const word = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) word()
  return word
}
