import { type Pattern, PatternError } from '../interaction/redact/pattern.ts'
import { redactorOf } from '../interaction/redact/redactor.ts'
import {
  DEFAULT_REDACTION,
  faultOf,
  isKind,
  KINDS,
  type Kind,
  type RedactionSettings,
} from '../interaction/redact/settings.ts'
import { CommandError } from './command.ts'

export interface RedactionOptions {
  redact?: string
  redactPattern?: string[]
}

/** Redacts nothing, or has no patterns. */
const NONE = 'none'

/** What an account has, changed by the options: each that is given replaces what there was. CommandError for a bad one. */
export async function changedRedaction(
  { redact, redactPattern }: RedactionOptions,
  before: RedactionSettings = DEFAULT_REDACTION,
): Promise<RedactionSettings> {
  const changed = {
    kinds: redact === undefined ? before.kinds : kindsIn(redact),
    patterns: redactPattern === undefined ? before.patterns : patternsIn(redactPattern),
  }
  const fault = faultOf(changed)
  if (fault !== undefined) throw new CommandError(`--redact-pattern: ${fault}`, 2)
  try {
    await redactorOf(changed)
  } catch (error) {
    if (error instanceof PatternError) throw new CommandError(`--redact-pattern: ${error.message}.`, 2)
    throw error
  }
  return changed
}

function kindsIn(text: string): Kind[] {
  if (text === NONE) return []
  const names = text.split(',').map((name) => name.trim())
  return names.map((name) => {
    if (isKind(name)) return name
    throw new CommandError(`--redact: "${name}" is none of ${[...KINDS, NONE].join(', ')}.`, 2)
  })
}

function patternsIn(given: string[]): Pattern[] {
  if (given.length === 1 && given[0] === NONE) return []
  return given.map((text) => {
    const at = text.indexOf('=')
    if (at === -1) throw new CommandError('--redact-pattern is written as NAME=REGEX.', 2)
    return { name: text.slice(0, at), pattern: text.slice(at + 1) }
  })
}

/** For people: `card, email, POLICY`. */
export function redactionText({ kinds, patterns }: RedactionSettings): string {
  const all = [...kinds, ...patterns.map(({ name }) => name)]
  return all.length === 0 ? 'nothing' : all.join(', ')
}
