import { isUtf8 } from 'node:buffer'
import { MAX_LIST_ENTRIES } from '../limits.ts'
import type { Redactor } from '../redact/redactor.ts'
import { AGENT_PROPERTIES, INTERACTION_PROPERTIES } from '../schema.ts'
import type { Draft } from '../serialise.ts'
import { AGENT_KINDS, INTERACTION_KINDS, NAME } from './kinds.ts'
import { MessageReader } from './message-reader.ts'
import { bitsOf, ObjectReader } from './object-reader.ts'
import { Scanner } from './scanner.ts'
import { readValue, takesList } from './values.ts'

const PROPERTIES: readonly string[] = INTERACTION_PROPERTIES
const placeOf = (name: string) => PROPERTIES.indexOf(name)
const ID = placeOf('id')
const CUSTOMER = placeOf('customer_id')
const STARTED = placeOf('started_at')
const ENDED = placeOf('ended_at')
const MESSAGES = placeOf('messages')
const AGENTS = placeOf('agents')
const OPTIONAL = ['ended_at', 'queues']
const REQUIRED = bitsOf(
  PROPERTIES,
  PROPERTIES.filter((name) => !OPTIONAL.includes(name)),
)
const AGENT_ID = bitsOf(AGENT_PROPERTIES, ['id'])

/** Texts of more bytes are left to the other way, which counts first what larger ones would take (ingest/parts.ts). */
const MAX_BYTES = 1_000_000

/**
 * Recognises interactions that are written as they will be kept, to the byte: compact, known properties only and in the
 * contract's order, instants in its form, each message once and in its place, nothing to redact. So do those who copy from
 * an API like this one, and who care to. Nothing is parsed into objects and nothing written again: a third of the time, and
 * no garbage. Whatever else comes, right or wrong, is for `readInteraction` (document.ts), which makes the same draft of all
 * that is recognised here.
 */
export class CanonicalReader {
  readonly #scanner = new Scanner()
  readonly #interaction: ObjectReader
  readonly #agent: ObjectReader
  readonly #messages: MessageReader
  readonly #oneName = () => !Number.isNaN(readValue(this.#scanner, NAME))
  readonly #oneAgent = () => this.#agent.read(AGENT_ID)

  constructor(redactor: Redactor) {
    const scanner = this.#scanner
    this.#interaction = new ObjectReader(scanner, PROPERTIES, INTERACTION_KINDS, (place) => this.#list(place))
    this.#agent = new ObjectReader(scanner, AGENT_PROPERTIES, AGENT_KINDS)
    this.#messages = new MessageReader(scanner, redactor)
  }

  /** The draft whose document these bytes are; undefined where they have to be read in the other way. */
  read(bytes: Buffer): Omit<Draft, 'json'> | undefined {
    if (bytes.length > MAX_BYTES || !isUtf8(bytes)) return undefined
    const interaction = this.#interaction
    this.#scanner.begin(bytes)
    if (!interaction.read(REQUIRED) || !this.#scanner.isAtEnd) return undefined
    const startedAt = interaction.value(STARTED)
    if (interaction.value(ENDED, startedAt) < startedAt) return undefined
    // Last, since it takes longest: what is left to the other way for anything else is looked through there.
    if (!this.#messages.staysAsItIs()) return undefined
    const draft = {
      id: interaction.text(ID),
      customerId: interaction.text(CUSTOMER),
      startedAt,
      keepsMessages: false,
    }
    if (!interaction.has(ENDED)) return draft
    return { ...draft, endedAt: interaction.value(ENDED) }
  }

  #list(place: number): boolean {
    if (place === MESSAGES) return this.#messages.takesMessages(this.#interaction.value(STARTED))
    return takesList(this.#scanner, MAX_LIST_ENTRIES, place === AGENTS ? this.#oneAgent : this.#oneName)
  }
}
