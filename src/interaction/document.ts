import { MAX_DOCUMENT_BYTES } from './limits.ts'
import type { Interaction, Message } from './message.ts'
import { MAX_PROBLEMS, type Problem } from './problems.ts'
import { appendUnknown, pickNamed, type Unknown } from './properties.ts'
import { type Redaction, redactTexts, redactValue } from './redact/interaction.ts'
import { DEFAULT_REDACTOR } from './redact/redactor.ts'
import { checkRules } from './rules.ts'
import { INTERACTION_PROPERTIES } from './schema.ts'
import { type Draft, serialise } from './serialise.ts'
import { checkShape } from './shape.ts'

export type Reading =
  | { ok: true; draft: Draft; warnings: Problem[] }
  | { ok: false; id?: string; problems: Problem[]; tooLarge?: boolean }

export interface ReadOptions {
  /** Keep values outside the contract's lists, with a warning, instead of rejecting the interaction. */
  keepUnknownValues: boolean
  /** The id from the path, where there is one; the body's must be the same or absent. */
  id?: string
  /** The same value parsed by `parseLossless`; asked for only where there are properties to carry over. */
  lossless: () => unknown
  /** What is redacted; payment cards where it is absent. */
  redaction?: Redaction
}

/**
 * Reads one interaction as a sender wrote it (any parsed JSON value) into a draft, or into everything that
 * is wrong with it. Never throws for bad input.
 */
export function readInteraction(value: unknown, options: ReadOptions): Reading {
  const picked = pickNamed(withPathId(value, options.id))
  if (!picked.ok) return { ok: false, problems: picked.problems }
  const { named, unknown, warnings } = picked
  const id = typeof named.id === 'string' ? named.id : undefined
  const shape = checkShape(named, options.keepUnknownValues)
  const problems = [...idMismatch(value, options.id), ...shape.problems]
  if (problems.length > 0) return { ok: false, id, problems: problems.slice(0, MAX_PROBLEMS) }

  const keepsMessages = named.messages === undefined
  const interaction = complete(named)
  const rules = checkRules(interaction, options.keepUnknownValues)
  problems.push(...rules.problems, ...unknown.problems)
  if (problems.length > 0) return { ok: false, id, problems: problems.slice(0, MAX_PROBLEMS) }

  const { redaction = { redactor: DEFAULT_REDACTOR, counts: {} } } = options
  redactTexts(interaction, redaction)
  if (unknown.found.length > 0) {
    appendUnknown(interaction, options.lossless(), unknown.found, (each) => redactValue(each, redaction))
  }
  const draft = serialise(interaction, keepsMessages)
  if (draft === undefined) return { ok: false, id, problems: [tooLarge()], tooLarge: true }
  return {
    ok: true,
    draft,
    warnings: [...warnings, ...shape.warnings, ...rules.warnings, ...propertyWarnings(unknown)],
  }
}

/** Gives `ring_groups`, `messages` and `agents` their empty lists, and the properties their order. */
function complete(named: Record<string, unknown>): Interaction {
  const defaults: Record<string, unknown> = { ring_groups: [], messages: [] as Message[], agents: [] }
  const interaction: Record<string, unknown> = {}
  for (const name of INTERACTION_PROPERTIES) {
    const value = named[name] ?? defaults[name]
    if (value !== undefined) interaction[name] = value
  }
  return interaction as unknown as Interaction
}

function withPathId(value: unknown, id: string | undefined): unknown {
  const bare = id !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value)
  return bare && (value as { id?: unknown }).id == null ? { ...value, id } : value
}

function idMismatch(value: unknown, id: string | undefined): Problem[] {
  const given = (value as { id?: unknown } | null)?.id
  if (id === undefined || given == null || given === id) return []
  return [{ name: 'id', description: 'must be the id in the path, or be left out' }]
}

function tooLarge(): Problem {
  return { name: '', description: `is larger than ${MAX_DOCUMENT_BYTES} bytes` }
}

/** A warning for each kind of property that the contract does not name. */
export function propertyWarnings(unknown: { found: Unknown[] }): Problem[] {
  const seen = new Set<string>()
  const warnings: Problem[] = []
  for (const { path, key } of unknown.found) {
    const kind = `${path.length}.${path[0] ?? ''}.${key}`
    if (seen.has(kind)) continue
    seen.add(kind)
    const [list, index] = path
    const name = list === undefined ? key : `${list}[${index}].${key}`
    warnings.push({ name, description: 'is not a property of the contract; kept as it came' })
    if (warnings.length === MAX_PROBLEMS) break
  }
  return warnings
}
