import { findCards } from './cards.ts'
import { findEmails } from './email.ts'
import { findIbans } from './iban.ts'
import { mayHoldCard } from './may-hold-card.ts'
import { findPhones, findSsns } from './numbers.ts'
import { compilePattern } from './pattern.ts'
import { DEFAULT_REDACTION, KINDS, type Kind, type RedactionSettings } from './settings.ts'
import { replaceSpans, type Span } from './span.ts'
import { holdsDigit, holdsSign, type Units } from './units.ts'

/** How often something was redacted, by kind; what patterns of an account's own found is `pattern`. */
export type Counts = { [kind in Kind | 'pattern']?: number }

/** Takes out of texts what an account's settings name. */
export interface Redactor {
  /** The text with `[CARD]` and its like; adds to the counts. Redacting the result again changes nothing. */
  redact(text: string, counts: Counts): string
  /** The same for a string that may be an identifier. */
  redactToken(text: string, counts: Counts): string
  /**
   * Whether `redact` may change the text that stands in these units from one place up to another. Where not, it does not. What stands
   * before and behind it must be as `Units` says, and bytes must be ASCII.
   */
  mayChange(units: Units, from: number, to: number): boolean
}

interface Step {
  kind: keyof Counts
  label: string
  find: (text: string) => readonly Span[]
  /** Whether it may find something: see `mayChange`. */
  may: (units: Units, from: number, to: number) => boolean
  /** Whether by chance it finds something in one identifier of some hundred. */
  inIds: boolean
}

const FINDERS: Readonly<Record<Kind, Pick<Step, 'find' | 'may'>>> = {
  card: { find: findCards, may: mayHoldCard },
  iban: { find: findIbans, may: holdsDigit },
  email: { find: findEmails, may: holdsSign },
  ssn: { find: findSsns, may: holdsDigit },
  phone: { find: findPhones, may: holdsDigit },
}
const FOUND_IN_IDS: readonly Kind[] = ['card', 'ssn', 'phone']

/** After a replacement all is looked through again, so often at most: built-in kinds need one more look, as tests show. */
const MAX_ROUNDS = 4

/** PatternError for a pattern that cannot be used. */
export async function redactorOf(settings: RedactionSettings = DEFAULT_REDACTION): Promise<Redactor> {
  const own = await Promise.all(
    settings.patterns.map(async (pattern): Promise<Step> => {
      return {
        kind: 'pattern',
        label: `[${pattern.name}]`,
        find: await compilePattern(pattern),
        may: () => true,
        inIds: false,
      }
    }),
  )
  return redactorWith([...builtIn(settings.kinds), ...own], own.length > 0)
}

/** What an account gets that has set nothing. */
export const DEFAULT_REDACTOR: Redactor = redactorWith(builtIn(DEFAULT_REDACTION.kinds), false)

/** In the order of KINDS whatever the order of the settings. */
function builtIn(kinds: readonly Kind[]): Step[] {
  return KINDS.filter((kind) => kinds.includes(kind)).map((kind) => ({
    kind,
    label: labelOf(kind),
    ...FINDERS[kind],
    inIds: FOUND_IN_IDS.includes(kind),
  }))
}

function labelOf(kind: Kind): string {
  return `[${kind.toUpperCase()}]`
}

function redactorWith(steps: readonly Step[], hasPatterns: boolean): Redactor {
  const outsideIds = steps.filter(({ inIds }) => !inIds)
  // Patterns may match what stands in place of a find; built-in kinds never do.
  const labels = hasPatterns ? labelsOf(steps) : undefined
  return {
    redact: (text, counts) => rounds(text, steps, labels, counts),
    redactToken: (text, counts) => rounds(text, isToken(text) ? outsideIds : steps, labels, counts),
    mayChange(units, from, to) {
      // Asked of every message: not by a function that is made for each.
      for (const { may } of steps) if (may(units, from, to)) return true
      return false
    },
  }
}

/** Captures, so that splitting keeps them. Names hold nothing that means something in an expression. */
function labelsOf(steps: readonly Step[]): RegExp {
  const all = new Set([...KINDS.map(labelOf), ...steps.map(({ label }) => label)])
  return new RegExp(`(${Array.from(all, (label) => `\\${label.slice(0, -1)}\\]`).join('|')})`)
}

function rounds(text: string, steps: readonly Step[], labels: RegExp | undefined, counts: Counts): string {
  let before = text
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const after = once(before, steps, labels, counts)
    if (after === before) break
    before = after
  }
  return before
}

function once(text: string, steps: readonly Step[], labels: RegExp | undefined, counts: Counts): string {
  let result = text
  for (const step of steps) {
    if (labels === undefined || step.kind !== 'pattern') result = apply(result, step, counts)
    // Every second part is a label.
    else
      result = result
        .split(labels)
        .map((part, index) => (index % 2 === 0 ? apply(part, step, counts) : part))
        .join('')
  }
  return result
}

function apply(part: string, { kind, label, find }: Step, counts: Counts): string {
  const spans = find(part)
  if (spans.length === 0) return part
  counts[kind] = (counts[kind] ?? 0) + spans.length
  return replaceSpans(part, spans, label)
}

/** Letters and digits without a blank: a UUID, a hash, a time. One UUID in five hundred holds what looks like a card. */
const TOKEN = /^[A-Za-z0-9_.:+-]{1,256}$/
const HAS_LETTER = /[A-Za-z]/

function isToken(text: string): boolean {
  return TOKEN.test(text) && HAS_LETTER.test(text)
}
