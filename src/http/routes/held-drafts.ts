import { BATCH_CHARACTERS, charactersOf } from '../../ingest/ingest.ts'
import { DraftPacker, type PackedDrafts } from '../../interaction/packed-drafts.ts'
import type { Draft } from '../../interaction/serialise.ts'

/**
 * The drafts of a batch that is not read to its end, packed, in groups that will each be written in one transaction: of as
 * much as those of a stream of lines, so that a large batch holds the lock no longer, and is not in the writer's memory
 * as a whole.
 */
export class HeldDrafts {
  #groups: PackedDrafts[] = []
  #groupBytes = 0
  #open = new DraftPacker()
  /** What those without messages count as besides. */
  #openKept = 0

  add(draft: Draft): void {
    const characters = charactersOf(draft)
    this.#begin(characters)
    this.#open.add(draft)
    this.#openKept += characters - draft.json.length
  }

  /** The same of a draft whose document is bytes already; they are copied. */
  addDocument(draft: Omit<Draft, 'json'>, document: Uint8Array): void {
    this.#begin(document.length)
    this.#open.addDocument(draft, document)
  }

  /** Begins another group where this one would become too large. */
  #begin(characters: number): void {
    const { count, length } = this.#open
    if (count > 0 && length + this.#openKept + characters > BATCH_CHARACTERS) this.#close()
  }

  /** Bytes that they take. */
  get heldBytes(): number {
    return this.#groupBytes + this.#open.heldBytes
  }

  /** Gives the groups in order, once: what has been given is not held any more. */
  *groups(): Generator<PackedDrafts> {
    this.#close()
    for (let next = this.#groups.shift(); next !== undefined; next = this.#groups.shift()) yield next
  }

  #close(): void {
    this.#groups.push(this.#open.packed)
    this.#groupBytes += this.#open.heldBytes
    this.#open = new DraftPacker()
    this.#openKept = 0
  }
}
