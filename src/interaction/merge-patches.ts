import { parseLossless } from './lossless.ts'
import { mergeMessages } from './merge.ts'
import type { Message } from './message.ts'
import type { Patch } from './patch.ts'
import { MAX_PROBLEMS, type Problem } from './problems.ts'
import { checkTogether, type Findings } from './rules.ts'
import { MESSAGE_REQUIRED } from './schema.ts'

/** A message of an interaction: which one it is in the order of arrival, from 0, and its JSON. */
export interface ArrivedMessage {
  position: number
  messageId: string
  json: string
}

/**
 * - `ambiguous`: several messages have the id of a patch, which says too little of which is meant
 * - `incomplete`: a message is not there yet, and lacks what every message has; or what comes of merging is not valid
 */
export type MergeReason = 'ambiguous' | 'incomplete'

export type MergedPatches =
  | { ok: true; changed: ArrivedMessage[] }
  | { ok: false; reason: MergeReason; problems: Problem[] }

/** A message as it stands while patches are merged. */
interface Standing {
  position: number
  message: Message
  /** Undefined for one that is new. */
  before: string | undefined
}

/**
 * Merges patches into messages, in order and field by field: the last value of each field wins. `stored` gives the messages
 * of an id; new ones get the positions from `next` on. Gives what was added or has changed, all or nothing.
 */
export function mergePatches(
  patches: Patch[],
  next: number,
  stored: (messageId: string) => ArrivedMessage[],
  keepUnknownValues: boolean,
): MergedPatches {
  const standing = new Map<string, Namesakes>()
  let ambiguous = false
  const problems: Problem[] = []
  let position = next
  for (const [index, json] of patches.entries()) {
    const patch = parseLossless(json) as Message
    const path = `messages[${index}]`
    const known = standing.get(patch.message_id)
    const messages = known ?? new Namesakes(stored(patch.message_id).map(standingOf))
    standing.set(patch.message_id, messages)
    const target = messages.targetOf(patch)
    if (target === 'ambiguous') {
      ambiguous = true
      problems.push({ name: `${path}.message_id`, description: AMBIGUOUS })
      continue
    }
    const merged = target === undefined ? patch : mergeMessages([target.message, patch])
    const faults = faultsOf(merged, path, keepUnknownValues)
    problems.push(...faults)
    if (faults.length > 0) continue
    if (target !== undefined) target.message = merged
    else messages.add({ position, message: merged, before: undefined })
    if (target === undefined) position += 1
  }
  if (problems.length > 0) {
    const reason = ambiguous ? 'ambiguous' : 'incomplete'
    return { ok: false, reason, problems: problems.slice(0, MAX_PROBLEMS) }
  }
  return { ok: true, changed: [...standing.values()].flatMap(({ all }) => all.flatMap(changedOf)) }
}

export const AMBIGUOUS =
  'is that of several messages; say which one with source_system, and with recording_index where they have one'

function standingOf({ position, json }: ArrivedMessage): Standing {
  return { position, message: parseLossless(json) as Message, before: json }
}

function changedOf({ position, message, before }: Standing): ArrivedMessage[] {
  const json = JSON.stringify(message)
  return json === before ? [] : [{ position, messageId: message.message_id, json }]
}

/** So many are looked through one by one. */
const FEW = 16

/** The messages of one id. A hostile document may have all of its messages under one, so many are found by an index. */
class Namesakes {
  readonly all: Standing[]
  #byKey: Map<string, Standing[]> | undefined

  constructor(all: Standing[]) {
    this.all = all
  }

  add(one: Standing): void {
    this.all.push(one)
    if (this.#byKey !== undefined) enter(this.#byKey, one)
  }

  /**
   * Which message a patch means: that of its key, or the only one that has its id and whatever else of the key it gives.
   * Undefined for a new one.
   */
  targetOf({
    source_system: source,
    recording_index: recording,
  }: Message): Standing | 'ambiguous' | undefined {
    const meant = this.#with(source ?? ANY, recording ?? ANY)
    if (meant.length <= 1) return meant[0]
    const exact = source === undefined ? [] : this.#with(source, recording)
    return exact.length === 1 ? exact[0] : 'ambiguous'
  }

  #with(source: string | typeof ANY, recording: number | undefined | typeof ANY): Standing[] {
    if (this.all.length <= FEW) {
      return this.all.filter(
        ({ message }) =>
          (source === ANY || message.source_system === source) &&
          (recording === ANY || message.recording_index === recording),
      )
    }
    if (this.#byKey === undefined) {
      this.#byKey = new Map()
      for (const one of this.all) enter(this.#byKey, one)
    }
    return this.#byKey.get(nameOf(source, recording)) ?? []
  }
}

const ANY = null

/** Enters a message under whatever may be given of its key. */
function enter(byKey: Map<string, Standing[]>, one: Standing): void {
  const { source_system, recording_index } = one.message
  for (const source of [source_system, ANY]) {
    for (const recording of [recording_index, ANY]) {
      const name = nameOf(source, recording)
      const others = byKey.get(name)
      if (others === undefined) byKey.set(name, [one])
      else others.push(one)
    }
  }
}

function nameOf(source: string | typeof ANY, recording: number | undefined | typeof ANY): string {
  return JSON.stringify([source, recording === undefined ? 'none' : recording])
}

/** What keeps a merged message from being one. */
function faultsOf(message: Message, path: string, keepUnknownValues: boolean): Problem[] {
  const missing = MESSAGE_REQUIRED.filter((name) => message[name] === undefined)
  if (missing.length > 0) {
    return missing.map((name) => ({ name: `${path}.${name}`, description: 'is required of a new message' }))
  }
  const findings: Findings = { problems: [], warnings: [] }
  checkTogether(message, `${path}.`, keepUnknownValues, findings)
  return findings.problems
}
