import { type Block, deflateBlock } from '../../src/interaction/block.ts'
import { readInteraction } from '../../src/interaction/document.ts'
import { formatInstant } from '../../src/interaction/instant.ts'
import { sampleConversations } from '../../src/sample/conversations.ts'
import { idOf, numberOf } from './ids.ts'
import { shaped } from './shape.ts'

const SECOND = 1_000_000
/** The first conversation starts in this half minute and each further one in the next: 20,160 a week. */
const BEGINNING = Date.UTC(2016, 0, 1) * 1000
const SPACING = 30 * SECOND
const MOST_RESTS = 2048
/** Of large documents fewer different ones are made, since making them takes longer than all else. */
const RESTS_BYTES = 8 * 1024 * 1024
const LEAST_RESTS = 16

/** What many documents have in common: all that comes behind the times in the JSON of an interaction. */
export interface Rest {
  customerId: string
  /** Microseconds from start to end. */
  lasts: number
  /** From `,"direction"` to the end; and the same deflated. */
  json: Buffer
  block: Block
}

export interface BenchDocument {
  id: string
  /** Microseconds since 1970. */
  startedAt: number
  endedAt: number
  /** The beginning of the JSON: id, customer, start and end. */
  head: string
  rest: Rest
}

export interface CorpusOptions {
  /** The same seed gives the same documents. */
  seed: string
  /** How many will be used; nothing but the number of different conversations depends on it. */
  size: number
  /** Bytes of a document, about; the conversations as they come where it is left out. */
  bytes?: number
}

/**
 * Documents without end, the same on every machine and every day: some thousands of sample conversations, each told
 * again and again under another id and at another time. A document depends on the seed and its index alone.
 */
export class Corpus {
  readonly #rests: Rest[]
  readonly #seed: number

  constructor({ seed, size, bytes }: CorpusOptions) {
    this.#seed = numberOf(seed)
    const most = bytes === undefined ? MOST_RESTS : Math.floor(RESTS_BYTES / bytes)
    const count = Math.min(size, MOST_RESTS, Math.max(LEAST_RESTS, most))
    this.#rests = restsOf(seed, count, bytes)
  }

  document(index: number): BenchDocument {
    const rest = this.#rests[index % this.#rests.length] as Rest
    const id = idOf(this.#seed, index)
    const startedAt = startOf(index)
    const endedAt = startedAt + rest.lasts
    const times = `"started_at":"${formatInstant(startedAt)}","ended_at":"${formatInstant(endedAt)}"`
    return { id, startedAt, endedAt, head: `{"id":"${id}","customer_id":"${rest.customerId}",${times}`, rest }
  }

  json(index: number): string {
    const { head, rest } = this.document(index)
    return head + rest.json.toString()
  }

  /** The mean length of the JSON of the first `count` documents, in bytes. */
  meanBytes(count: number): number {
    const some = Math.min(count, this.#rests.length)
    let bytes = 0
    for (let index = 0; index < some; index += 1) {
      const { head, rest } = this.document(index)
      bytes += head.length + rest.json.length
    }
    return bytes / some
  }
}

/** When the document of this index starts: a random moment of its half minute, so that they are in order. */
export function startOf(index: number): number {
  return BEGINNING + index * SPACING + ((index * 7_919_993) % SPACING)
}

function restsOf(seed: string, count: number, bytes: number | undefined): Rest[] {
  const samples = sampleConversations({ seed, from: new Date('2025-01-01'), to: new Date('2100-01-01') })
  const rests: Rest[] = []
  while (rests.length < count) {
    const interaction = shaped(samples, bytes)
    const reading = readInteraction(interaction, { keepUnknownValues: false, lossless: () => interaction })
    if (!reading.ok) throw new Error(`a conversation is not valid: ${JSON.stringify(reading.problems)}`)
    const { json, customerId, startedAt, endedAt = startedAt } = reading.draft
    const shared = Buffer.from(json.slice(json.indexOf(',"direction"')))
    rests.push({ customerId, lasts: endedAt - startedAt, json: shared, block: deflateBlock(shared) })
  }
  return rests
}
