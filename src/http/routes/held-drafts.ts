import type { Draft } from '../../interaction/serialise.ts'
import { collectAfter } from '../../memory.ts'

/**
 * Characters of the drafts that are written together: as many as of a stream of lines, so that a large batch holds
 * the lock no longer, and is not in the writer's memory as a whole.
 */
const GROUP_CHARACTERS = 4 * 1024 * 1024

/** Drafts whose documents are kept as UTF-8: a byte a character where a string may take two. */
interface Packed {
  bytes: Buffer
  ends: number[]
  drafts: Omit<Draft, 'json'>[]
}

/**
 * The drafts of a batch that is not read to its end, in groups that will each be written in one transaction. Few
 * are kept as they are; more than one group of them is packed.
 */
export class HeldDrafts {
  #packed: Packed[] = []
  #packedBytes = 0
  #open: Draft[] = []
  #openCharacters = 0

  add(draft: Draft): void {
    if (this.#openCharacters > 0 && this.#openCharacters + draft.json.length > GROUP_CHARACTERS) this.#pack()
    this.#open.push(draft)
    this.#openCharacters += draft.json.length
  }

  /** Bytes that they take, at most. */
  get heldBytes(): number {
    return this.#packedBytes + 2 * this.#openCharacters
  }

  /** Gives the groups in order, once: what has been given is not held any more. */
  *groups(): Generator<Draft[]> {
    for (let next = this.#packed.shift(); next !== undefined; next = this.#packed.shift()) yield unpack(next)
    const last = this.#open
    this.#open = []
    yield last
  }

  #pack(): void {
    const packed = pack(this.#open)
    this.#packed.push(packed)
    this.#packedBytes += packed.bytes.length
    const characters = this.#openCharacters
    this.#open = []
    this.#openCharacters = 0
    collectAfter(characters)
  }
}

function pack(drafts: Draft[]): Packed {
  const length = drafts.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0)
  const bytes = Buffer.allocUnsafeSlow(length)
  let end = 0
  const ends = drafts.map(({ json }) => {
    end += bytes.write(json, end)
    return end
  })
  return { bytes, ends, drafts: drafts.map(({ json: _, ...rest }) => rest) }
}

function unpack({ bytes, ends, drafts }: Packed): Draft[] {
  return drafts.map((draft, index) => ({
    ...draft,
    json: bytes.toString('utf8', ends[index - 1] ?? 0, ends[index]),
  }))
}
