import { propertyWarnings } from './document.ts'
import type { Message } from './message.ts'
import { MAX_PROBLEMS, type Problem } from './problems.ts'
import { appendUnknown, pickNamed } from './properties.ts'
import { type Redaction, redactTexts, redactValue } from './redact/interaction.ts'
import { DEFAULT_REDACTOR } from './redact/redactor.ts'
import { checkMessage, type Findings } from './rules.ts'
import { checkPatchShape } from './shape.ts'

/**
 * What is given of one message, as JSON in the contract's order: a whole message, or what has become known of one that is
 * stored. What is absent stays as it is.
 */
export type Patch = string

export type PatchesReading =
  | { ok: true; patches: Patch[]; warnings: Problem[] }
  | { ok: false; problems: Problem[] }

export interface PatchOptions {
  /** Keep values outside the contract's lists, with a warning, instead of refusing them. */
  keepUnknownValues: boolean
  /** The same list parsed by `parseLossless`; asked for only where there are properties to carry over. */
  lossless: () => unknown
  /** What is redacted; payment cards where it is absent. */
  redaction?: Redaction
}

/**
 * Reads messages that are added to an interaction, or enriched: each as far as it is given. Whether a message is whole is
 * found out where it is merged (merge-patches.ts). Never throws for bad input; problems name `messages[i].field`.
 */
export function readPatches(values: unknown[], options: PatchOptions): PatchesReading {
  const picked = pickNamed({ messages: values })
  if (!picked.ok) return { ok: false, problems: picked.problems }
  const { named, unknown, warnings } = picked
  const messages = named.messages as Message[]
  const findings: Findings = { problems: [...unknown.problems], warnings }
  for (const [index, message] of messages.entries()) {
    checkOne(message, `messages[${index}]`, options.keepUnknownValues, findings)
    if (findings.problems.length >= MAX_PROBLEMS) break
  }
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems.slice(0, MAX_PROBLEMS) }

  const { redaction = { redactor: DEFAULT_REDACTOR, counts: {} } } = options
  const spoken = messages.filter(({ text }) => text !== undefined)
  redactTexts({ messages: spoken }, redaction)
  if (unknown.found.length > 0) {
    const lossless = { messages: options.lossless() }
    appendUnknown({ messages }, lossless, unknown.found, (each) => redactValue(each, redaction))
  }
  return {
    ok: true,
    patches: messages.map((message) => JSON.stringify(message)),
    warnings: [...findings.warnings, ...propertyWarnings(unknown)].slice(0, MAX_PROBLEMS),
  }
}

function checkOne(message: Message, path: string, keepUnknownValues: boolean, findings: Findings): void {
  const shape = checkPatchShape(message, keepUnknownValues)
  const named = ({ name, description }: Problem) => ({
    name: name === '' ? path : `${path}.${name}`,
    description,
  })
  findings.problems.push(...shape.problems.map(named))
  findings.warnings.push(...shape.warnings.map(named))
  if (shape.problems.length === 0) checkMessage(message, `${path}.`, keepUnknownValues, findings)
}
