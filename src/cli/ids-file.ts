import { CommandError } from './command.ts'
import { faultOf } from './erase-options.ts'
import type { Input } from './input.ts'

/** Characters of a line that are read before it is found to be none. */
const MAX_LINE = 4096

/**
 * The ids of a file, one a line, `limit` of them at a time; empty lines count for nothing. Throws a CommandError with the line
 * where one is no id; what was given before has been taken.
 */
export async function* idsIn(input: Input, limit: number): AsyncGenerator<string[]> {
  let ids: string[] = []
  let number = 0
  for await (const line of linesOf(input)) {
    number += 1
    if (line === '') continue
    const fault = faultOf(line)
    if (fault !== undefined) {
      if (ids.length > 0) yield ids
      throw new CommandError(`${input.name}, line ${number}: ${fault} The lines before it are erased.`)
    }
    ids.push(line)
    if (ids.length < limit) continue
    yield ids
    ids = []
  }
  if (ids.length > 0) yield ids
  const failure = input.failure()
  if (failure !== undefined) throw failure
}

async function* linesOf(input: Input): AsyncGenerator<string> {
  // A byte that is none of UTF-8 would be read as another character: the id erased would be one that nobody has.
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const chunk of input.chunks()) {
    const lines = (rest + decoded(input, () => decoder.decode(chunk, { stream: true }))).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.map(withoutReturn)
    if (rest.length > MAX_LINE) throw new CommandError(`${input.name} does not hold one id a line.`)
  }
  rest += decoded(input, () => decoder.decode())
  if (rest !== '') yield withoutReturn(rest)
}

function decoded({ name }: Input, decode: () => string): string {
  try {
    return decode()
  } catch {
    throw new CommandError(`${name} is not UTF-8.`)
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
