import { MAX_PATTERNS, type Pattern } from './pattern.ts'

/** What can be found, in the order in which it is looked for: the stricter check first. */
export const KINDS = ['iban', 'card', 'email', 'ssn', 'phone'] as const
export type Kind = (typeof KINDS)[number]

/** What an account has redacted. */
export interface RedactionSettings {
  kinds: readonly Kind[]
  patterns: readonly Pattern[]
}

export const DEFAULT_REDACTION: RedactionSettings = { kinds: ['card'], patterns: [] }

/** A name becomes the label `[NAME]`. */
export const PATTERN_NAME = /^[A-Z][A-Z0-9_]{0,31}$/

/** What is wrong with the settings besides the patterns themselves, in words; undefined for good ones. */
export function faultOf({ patterns }: RedactionSettings): string | undefined {
  if (patterns.length > MAX_PATTERNS) return `There may be ${MAX_PATTERNS} patterns at most.`
  const names = patterns.map(({ name }) => name)
  const bad = names.find((name) => !PATTERN_NAME.test(name))
  if (bad !== undefined) {
    return `"${bad}" cannot name a pattern: 1 to 32 capital letters, digits and _, a letter first.`
  }
  const taken = names.find((name) => KINDS.some((kind) => kind.toUpperCase() === name))
  if (taken !== undefined) return `${taken} is the label of a kind. Give the pattern another name.`
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? undefined : `Two patterns have the name ${twice}.`
}

export function isKind(name: string): name is Kind {
  return (KINDS as readonly string[]).includes(name)
}
