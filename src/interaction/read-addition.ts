import { readInteraction } from './document.ts'
import { formatInstant, parseInstant } from './instant.ts'
import { MAX_ADDED_MESSAGES } from './limits.ts'
import { type Patch, type PatchOptions, readPatches } from './patch.ts'
import { MAX_PROBLEMS, type Problem } from './problems.ts'
import type { Draft } from './serialise.ts'

/** What is added to an interaction, as it was read. */
export interface AdditionParts {
  patches: Patch[]
  /** How to open the interaction where nobody has announced it. */
  opening?: Draft
  /** Whether one message was sent by itself, not in a list: then its fields are named without `messages[0]`. */
  single: boolean
  /** Whether a message says when it began, so that an opening need not say when the interaction started. */
  timed: boolean
}

export type AdditionReading =
  | { ok: true; addition: AdditionParts; warnings: Problem[] }
  | { ok: false; problems: Problem[]; tooLarge?: boolean }

export interface AdditionOptions extends PatchOptions {
  /** The interaction, from the path. */
  id: string
  /** Whether there may be no message at all. */
  mayBeEmpty: boolean
}

/**
 * Reads what is added to an interaction: one message, or `{"messages": […], "interaction"?: {…}}`, whose `interaction` says how to
 * open it where nobody has announced it. What has a `message_id` is a message. Never throws for bad input.
 */
export function readAddition(value: unknown, options: AdditionOptions): AdditionReading {
  const { lossless } = options
  if (!isObject(value)) return fault('', 'must be an object')
  if (value.message_id != null) {
    const reading = readParts([value], undefined, true, { ...options, lossless: () => [lossless()] })
    if (reading.ok) return { ...reading, warnings: ownNames(reading.warnings, true) }
    return { ...reading, problems: ownNames(reading.problems, true) }
  }
  const { messages = null, interaction, ...others } = value
  if (!Array.isArray(messages)) return fault('messages', NO_MESSAGES)
  const [other] = Object.keys(others)
  if (other !== undefined) return fault(other, 'cannot stand beside messages')
  if (messages.length === 0 && !options.mayBeEmpty) return fault('messages', 'holds no message')
  if (messages.length > MAX_ADDED_MESSAGES) {
    const description = `has ${messages.length} messages; there may be ${MAX_ADDED_MESSAGES}`
    return { ok: false, problems: [{ name: 'messages', description }], tooLarge: true }
  }
  const whole = () => lossless() as { messages: unknown; interaction: unknown }
  return readParts(messages, interaction ?? undefined, false, {
    ...options,
    lossless: () => whole().messages,
    losslessOpening: () => whole().interaction,
  })
}

const NO_MESSAGES =
  'must be a list of messages, as in {"messages": […]}; or send one message, with its message_id'

interface PartsOptions extends AdditionOptions {
  losslessOpening?: () => unknown
}

function readParts(
  messages: unknown[],
  interaction: unknown,
  single: boolean,
  options: PartsOptions,
): AdditionReading {
  // Before they are read, which takes messages over.
  const first = firstTime(messages)
  const reading = readPatches(messages, options)
  const opening = interaction === undefined ? undefined : readOpening(interaction, first, options)
  const problems = [reading, opening].flatMap((each) => (each === undefined || each.ok ? [] : each.problems))
  if (problems.length > 0 || !reading.ok || opening?.ok === false) {
    const tooLarge = opening?.ok === false && opening.tooLarge
    return { ok: false, problems: problems.slice(0, MAX_PROBLEMS), ...(tooLarge && { tooLarge }) }
  }
  const warnings = [...reading.warnings, ...(opening?.warnings ?? [])].slice(0, MAX_PROBLEMS)
  const { patches } = reading
  const addition = { patches, opening: opening?.draft, single, timed: first !== undefined }
  return { ok: true, addition, warnings }
}

/** Reads how to open the interaction; where it does not say when it started, it did with its first message. */
function readOpening(interaction: unknown, first: number | undefined, options: PartsOptions) {
  const { keepUnknownValues, id, redaction, losslessOpening = () => interaction } = options
  const given = isObject(interaction) ? interaction : {}
  const taken = ['messages', 'ended_at'].filter((name) => given[name] != null)
  if (taken.length > 0) {
    const problems = taken.map((name) => ({
      name: `interaction.${name}`,
      description: 'cannot be given here: messages stand beside it, and it is ended by a write of its own',
    }))
    return { ok: false as const, problems, tooLarge: false }
  }
  const started = first === undefined || given.started_at != null ? {} : { started_at: formatInstant(first) }
  const value = isObject(interaction) ? { ...given, ...started } : interaction
  const reading = readInteraction(value, { keepUnknownValues, id, redaction, lossless: losslessOpening })
  const named = ({ name, description }: Problem) => ({
    name: name === '' ? 'interaction' : `interaction.${name}`,
    description: name === 'started_at' && given.started_at == null ? NO_TIME : description,
  })
  if (reading.ok) return { ...reading, warnings: reading.warnings.map(named) }
  return { ...reading, problems: reading.problems.map(named) }
}

const NO_TIME = 'is required where no message has a message_start_at'

/** When the first of the messages began, as far as they say; microseconds since 1970. */
function firstTime(messages: unknown[]): number | undefined {
  const times = messages.flatMap((message) => {
    const text = isObject(message) ? message.message_start_at : undefined
    return (typeof text === 'string' ? parseInstant(text) : undefined) ?? []
  })
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
}

/** What an addition lacks to open an interaction that nobody has announced. */
export function missingToOpen({ timed }: Pick<AdditionParts, 'timed'>): Problem[] {
  const description = 'is required to open the interaction'
  const missing = ['customer_id', 'direction'].map((name) => ({ name: `interaction.${name}`, description }))
  return timed ? missing : [...missing, { name: 'interaction.started_at', description: NO_TIME }]
}

/** Names the fields of a message that was sent by itself as its sender does. */
export function ownNames(problems: Problem[], single: boolean): Problem[] {
  if (!single) return problems
  return problems.map(({ name, description }) => ({
    name: name.replace(/^messages\[0\]\.?/, ''),
    description,
  }))
}

function fault(name: string, description: string): AdditionReading {
  return { ok: false, problems: [{ name, description }] }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
