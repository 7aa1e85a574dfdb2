import type { Interaction } from '../message.ts'
import type { Counts, Redactor } from './redactor.ts'

/** How an interaction is redacted, and where it is counted. */
export interface Redaction {
  redactor: Redactor
  counts: Counts
}

/** Redacts what people said and wrote. */
export function redactTexts(
  { messages }: Pick<Interaction, 'messages'>,
  { redactor, counts }: Redaction,
): void {
  for (const message of messages) {
    const text = redactor.redact(message.text, counts)
    // Most stay: then nothing is written.
    if (text !== message.text) message.text = text
  }
}

/**
 * Redacts the strings in a value that the contract does not name, in place; gives the value. Keys and numbers stay, also
 * numbers whose text is kept (see lossless.ts).
 */
export function redactValue(value: unknown, redaction: Redaction): unknown {
  if (typeof value === 'string') return redaction.redactor.redactToken(value, redaction.counts)
  if (typeof value !== 'object' || value === null || isRawJson(value)) return value
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    const after = redactValue(object[key], redaction)
    if (after !== object[key]) object[key] = after
  }
  return object
}

// ECMAScript 2025, not in TypeScript's library yet.
const isRawJson = (JSON as unknown as { isRawJSON(value: object): boolean }).isRawJSON
