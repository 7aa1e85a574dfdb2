import { SECOND } from '../instant.ts'
import type { Redactor } from '../redact/redactor.ts'
import { MESSAGE_PROPERTIES, MESSAGE_REQUIRED } from '../schema.ts'
import { CHANNELS, CHANNELS_OF, SOURCE_SYSTEMS, STT_ONLY } from '../values.ts'
import { HashSet } from './hash-set.ts'
import { MESSAGE_KINDS } from './kinds.ts'
import { bitsOf, ObjectReader, textOf } from './object-reader.ts'
import { PLAIN, type Scanner } from './scanner.ts'
import { takesList } from './values.ts'

const placeOf = (name: string) => MESSAGE_PROPERTIES.indexOf(name)
const ID = placeOf('message_id')
const TEXT = placeOf('text')
const CHANNEL = placeOf('channel')
const SOURCE = placeOf('source_system')
const START = placeOf('start_time')
const END = placeOf('end_time')
const RECORDING = placeOf('recording_index')
const INDEX = placeOf('message_index')
const START_AT = placeOf('message_start_at')
const REQUIRED = bitsOf(MESSAGE_PROPERTIES, ['message_id', ...MESSAGE_REQUIRED])
const SPOKEN_ONLY = bitsOf(MESSAGE_PROPERTIES, STT_ONLY)
const SPOKEN = SOURCE_SYSTEMS.indexOf('STT')
/** For each source system, a bit for each channel that it may carry. */
const CARRIED = SOURCE_SYSTEMS.map((source) => bitsOf(CHANNELS, CHANNELS_OF.get(source) ?? []))
/** More are left to the other way: a sender could choose their keys so that a set of them takes long. */
const MAX_MESSAGES = 1000
/** Numbers that are noted of each text. */
const NOTED = 3
/** What an absent index counts as: see order.ts. */
const ABSENT = -1

// Of all readers, since each reads an interaction in one go: to make them takes 15 µs, and each batch has a reader of its own.
/** Of the keys of the messages that were read. */
const hashes = new HashSet(MAX_MESSAGES)
/** Of each text where it begins, where it ends and what is told of it. */
const texts = new Int32Array(NOTED * MAX_MESSAGES)

/** Steps over the messages of interactions. */
export class MessageReader {
  readonly #scanner: Scanner
  readonly #redactor: Redactor
  readonly #message: ObjectReader
  readonly #one = () => this.#takesOne()
  /** How many numbers are noted of the texts. */
  #noted = 0
  #startedAt = 0
  /** What the last one is sorted by. */
  #at = 0
  #recording = 0
  #index = 0

  constructor(scanner: Scanner, redactor: Redactor) {
    this.#scanner = scanner
    this.#redactor = redactor
    this.#message = new ObjectReader(scanner, MESSAGE_PROPERTIES, MESSAGE_KINDS)
  }

  /** Whether there is a list of messages, each valid, there once, and in the contract's order. */
  takesMessages(startedAt: number): boolean {
    hashes.clear()
    this.#noted = 0
    this.#startedAt = startedAt
    this.#at = Number.NEGATIVE_INFINITY
    this.#recording = this.#index = ABSENT
    return takesList(this.#scanner, MAX_MESSAGES, this.#one)
  }

  #takesOne(): boolean {
    const message = this.#message
    if (!message.read(REQUIRED) || !this.#holdsTogether() || !this.#isNew() || !this.#isBehind()) return false
    texts[this.#noted] = message.from(TEXT)
    texts[this.#noted + 1] = message.to(TEXT)
    texts[this.#noted + 2] = message.marks(TEXT)
    this.#noted += NOTED
    return true
  }

  /** Whether there is nothing to redact in the messages that were stepped over. */
  staysAsItIs(): boolean {
    const { bytes } = this.#scanner
    for (let at = 0; at < this.#noted; at += NOTED) {
      const from = texts[at] as number
      const to = texts[at + 1] as number
      const marks = texts[at + 2] as number
      // Without its quotes.
      if (marks === PLAIN && !this.#redactor.mayChange(bytes, from + 1, to - 1)) continue
      const whole = textOf(bytes, from, to, marks)
      if (this.#redactor.redact(whole, {}) !== whole) return false
    }
    return true
  }

  /** As `checkMessage` (rules.ts) finds neither problem nor warning. */
  #holdsTogether(): boolean {
    const message = this.#message
    const source = message.value(SOURCE)
    if (((CARRIED[source] as number) & (1 << message.value(CHANNEL))) === 0) return false
    if (source !== SPOKEN && message.hasAnyOf(SPOKEN_ONLY)) return false
    return !message.has(END) || message.value(END) >= message.value(START)
  }

  /** As `mergeRepeated` (merge.ts) leaves it alone. Two keys may have one hash; then all is read in the other way. */
  #isNew(): boolean {
    const message = this.#message
    const more = 4 * message.value(RECORDING, ABSENT) + message.value(SOURCE)
    return hashes.add((Math.imul(message.hash(ID), 31) + more) | 0)
  }

  /** As `orderMessages` (order.ts) leaves it where it is. */
  #isBehind(): boolean {
    const message = this.#message
    const before = { at: this.#at, recording: this.#recording, index: this.#index }
    const timed = message.has(START_AT) || message.has(START)
    if (message.has(START_AT)) this.#at = message.value(START_AT)
    else if (timed) this.#at = this.#startedAt + Math.round(message.value(START) * SECOND)
    this.#recording = message.value(RECORDING, timed ? ABSENT : before.recording)
    this.#index = message.value(INDEX, timed ? ABSENT : before.index)
    if (this.#at !== before.at) return this.#at > before.at
    if (this.#recording !== before.recording) return this.#recording > before.recording
    return this.#index >= before.index
  }
}
