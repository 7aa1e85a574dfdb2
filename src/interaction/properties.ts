import { MAX_DEPTH } from './limits.ts'
import type { Problem } from './problems.ts'
import { AGENT_PROPERTIES, INTERACTION_PROPERTIES, MESSAGE_PROPERTIES } from './schema.ts'

/** A property that the contract does not name: in which object it stands (`[]`, `['messages', 3]`), and its key. */
export interface Unknown {
  path: readonly [] | readonly [list: string, index: number]
  key: string
}

export type Picked =
  | { ok: true; named: Record<string, unknown>; unknown: UnknownList; warnings: Problem[] }
  | { ok: false; problems: Problem[] }

/**
 * Copies the named properties of an interaction, its messages and its agents into fresh objects, in the
 * contract's order and without nulls, and notes the others. Values of the wrong type are copied as they are:
 * the shape is checked afterwards. A message or an agent that has just these already is taken as it is, and so
 * belongs to the reading from then on.
 */
export function pickNamed(value: unknown): Picked {
  if (!isObject(value)) return { ok: false, problems: [{ name: '', description: 'must be an object' }] }
  const unknown: UnknownList = { found: [], problems: [] }
  const named = pick(value, INTERACTION_PROPERTIES, [], unknown)
  const warnings = LISTS.flatMap((list) => dropNulls(named, list))
  named.messages = pickEach(named.messages, 'messages', MESSAGES, unknown)
  named.agents = pickEach(named.agents, 'agents', AGENTS, unknown)
  return { ok: true, named, unknown, warnings }
}

/** Sources that know no ring group have been seen to write `[null]`; the contract has no nulls. */
const LISTS = ['ring_groups', 'queues', 'agents']

function dropNulls(named: Record<string, unknown>, list: string): Problem[] {
  const value = named[list]
  if (!Array.isArray(value) || !value.includes(null)) return []
  named[list] = value.filter((entry) => entry !== null)
  return [{ name: list, description: 'holds null, which was dropped' }]
}

/** The properties of the entries of a list, and the place of each in the contract's order. */
interface Named {
  names: readonly string[]
  places: ReadonlyMap<string, number>
}

const MESSAGES = namedOf(MESSAGE_PROPERTIES)
const AGENTS = namedOf(AGENT_PROPERTIES)

function namedOf(names: readonly string[]): Named {
  return { names, places: new Map(names.map((name, place) => [name, place])) }
}

function pickEach(value: unknown, list: string, { names, places }: Named, unknown: UnknownList): unknown {
  if (!Array.isArray(value)) return value
  return value.map((each, index) => {
    if (!isObject(each) || isAsNamed(each, places)) return each
    return pick(each, names, [list, index], unknown)
  })
}

/** Whether an object has named properties only, in order and without nulls: there is nothing to pick then. */
function isAsNamed(source: Record<string, unknown>, places: ReadonlyMap<string, number>): boolean {
  let before = -1
  for (const key of Object.keys(source)) {
    const place = places.get(key) ?? -1
    if (place <= before || source[key] === null) return false
    before = place
  }
  return true
}

type UnknownList = { found: Unknown[]; problems: Problem[] }

function pick(
  source: Record<string, unknown>,
  names: readonly string[],
  path: Unknown['path'],
  unknown: UnknownList,
): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  let present = 0
  for (const name of names) {
    if (!Object.hasOwn(source, name)) continue
    present += 1
    if (source[name] !== null) named[name] = source[name]
  }
  const keys = Object.keys(source)
  if (keys.length > present) noteUnknown(source, keys, names, path, unknown)
  return named
}

function noteUnknown(
  source: Record<string, unknown>,
  keys: string[],
  names: readonly string[],
  path: Unknown['path'],
  unknown: UnknownList,
): void {
  for (const key of keys) {
    if (names.includes(key)) continue
    unknown.found.push({ path, key })
    if (deeperThan(source[key], MAX_DEPTH)) {
      const name = path.length === 0 ? key : `${path[0]}[${path[1]}].${key}`
      unknown.problems.push({ name, description: `is nested more than ${MAX_DEPTH} levels deep` })
    }
  }
}

/** Stops descending at the limit, so that a hostile nesting cannot overflow the stack. */
function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((each) => deeperThan(each, levels - 1))
}

/**
 * Carries the noted properties over from `lossless`, the same interaction parsed so that numbers keep their
 * text. Each value goes through `change`. `defineProperty`, because a sender may well name a property `__proto__`.
 */
export function appendUnknown(
  target: object,
  lossless: unknown,
  found: Unknown[],
  change: (value: unknown) => unknown,
): void {
  // Places were noted after nulls had been dropped.
  for (const list of LISTS) dropNulls(lossless as Record<string, unknown>, list)
  for (const { path, key } of found) {
    const from = at(lossless, path)
    const to = at(target, path)
    const value = change(from[key])
    Object.defineProperty(to, key, { value, enumerable: true, configurable: true, writable: true })
  }
}

function at(root: unknown, path: Unknown['path']): Record<string, unknown> {
  let value = root
  for (const part of path) value = (value as Record<string | number, unknown>)[part]
  return value as Record<string, unknown>
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
