import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import Format from 'typebox/format'
import { Settings } from 'typebox/system'
import { parseCanonical } from './instant.ts'
import { MAX_PROBLEMS, type Problem, pathOfPointer } from './problems.ts'
import {
  MessagePatchSchema,
  OpenMessagePatchSchema,
  OpenWrittenInteractionSchema,
  WrittenInteractionSchema,
} from './schema.ts'

// TypeBox tells eight faults unless told otherwise, and has only this one setting for the whole process.
Settings.Set({ maxErrors: MAX_PROBLEMS })
// What most senders write is recognised without an expression; the rest is TypeBox's to judge, as before.
Format.Set('date-time', (text) => parseCanonical(text) !== undefined || Format.IsDateTime(text))

const interaction = {
  closed: Compile(WrittenInteractionSchema),
  open: Compile(OpenWrittenInteractionSchema),
}
const patch = { closed: Compile(MessagePatchSchema), open: Compile(OpenMessagePatchSchema) }

/**
 * Checks types, required properties, ranges and the lists of known values of an interaction. With `keepUnknownValues` a
 * value outside the lists becomes a warning.
 */
export function checkShape(value: unknown, keepUnknownValues: boolean) {
  return check(interaction, value, keepUnknownValues)
}

/** The same of what is given of a message. */
export function checkPatchShape(value: unknown, keepUnknownValues: boolean) {
  return check(patch, value, keepUnknownValues)
}

type Shape = typeof interaction | typeof patch

function check({ closed, open }: Shape, value: unknown, keepUnknownValues: boolean) {
  if (closed.Check(value)) return { problems: [], warnings: [] }
  const all = closed.Errors(value).flatMap(problemsOf)
  if (!keepUnknownValues || !open.Check(value)) {
    const problems = keepUnknownValues ? open.Errors(value).flatMap(problemsOf) : all
    return { problems, warnings: [] as Problem[] }
  }
  const warnings = all.map(({ name }) => ({ name, description: 'is not a known value; kept as it came' }))
  return { problems: [] as Problem[], warnings: warnings.slice(0, MAX_PROBLEMS) }
}

function problemsOf(error: TLocalizedValidationError): Problem[] {
  const path = pathOfPointer(error.instancePath)
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((property: string) => ({
      name: path === '' ? property : `${path}.${property}`,
      description: 'is required',
    }))
  }
  if (error.keyword === 'enum') {
    return [{ name: path, description: `must be one of ${error.params.allowedValues.join(', ')}` }]
  }
  return [{ name: path, description: error.message }]
}
