import { BATCH_CHARACTERS } from '../../ingest/ingest.ts'
import { type PackedDrafts, packDrafts, unpackDrafts } from '../../interaction/packed-drafts.ts'
import type { Draft } from '../../interaction/serialise.ts'
import { collectAfter } from '../../memory.ts'

/**
 * The drafts of a batch that is not read to its end, in groups that will each be written in one transaction: of as many
 * characters as those of a stream of lines, so that a large batch holds the lock no longer, and is not in the writer's
 * memory as a whole. Few are kept as they are; more than one group of them is packed.
 */
export class HeldDrafts {
  #packed: PackedDrafts[] = []
  #packedBytes = 0
  #open: Draft[] = []
  #openCharacters = 0

  add(draft: Draft): void {
    if (this.#openCharacters > 0 && this.#openCharacters + draft.json.length > BATCH_CHARACTERS) this.#pack()
    this.#open.push(draft)
    this.#openCharacters += draft.json.length
  }

  /** Bytes that they take, at most. */
  get heldBytes(): number {
    return this.#packedBytes + 2 * this.#openCharacters
  }

  /** Gives the groups in order, once: what has been given is not held any more. */
  *groups(): Generator<Draft[]> {
    for (let next = this.#packed.shift(); next !== undefined; next = this.#packed.shift())
      yield unpackDrafts(next)
    const last = this.#open
    this.#open = []
    yield last
  }

  #pack(): void {
    const packed = packDrafts(this.#open)
    this.#packed.push(packed)
    this.#packedBytes += packed.bytes.length
    const characters = this.#openCharacters
    this.#open = []
    this.#openCharacters = 0
    collectAfter(characters)
  }
}
