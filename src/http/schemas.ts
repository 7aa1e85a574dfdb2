import Type, { type TSchema } from 'typebox'
import { InteractionSchema } from '../interaction/schema.ts'
import { CATALOGUE, type ErrorName } from './error-catalogue.ts'

/** Schemas that several routes share. Those with an `$id` stand once in the OpenAPI document. */

export const PageSchema = Type.Object(
  {
    _embedded: Type.Object({ interactions: Type.Array(InteractionSchema) }),
    _links: Type.Object({
      self: Type.Object({ href: Type.String({ format: 'uri' }) }),
      next: Type.Optional(
        Type.Object(
          { href: Type.String({ format: 'uri' }) },
          { description: 'Exactly while another page follows.' },
        ),
      ),
    }),
  },
  { title: 'Page' },
)

const FieldSchema = Type.Object({
  name: Type.String({ description: 'A parameter, or a path in the body such as `messages[3].channel`.' }),
  description: Type.String(),
})

export const ErrorSchema = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    description: Type.Optional(Type.String()),
    fields: Type.Optional(Type.Array(FieldSchema)),
  },
  { title: 'Error' },
)

const WarningsSchema = Type.Optional(
  Type.Array(FieldSchema, { description: 'What was kept although the contract does not know it.' }),
)

export const WriteResultSchema = Type.Object(
  {
    id: Type.String(),
    result: Type.String({ enum: ['created', 'updated', 'unchanged'] }),
    revision: Type.Integer({ description: "The account's revision under which it is stored." }),
    warnings: WarningsSchema,
  },
  { title: 'WriteResult' },
)

const COUNTS = {
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  rejected: Type.Integer(),
}

export const BatchResultSchema = Type.Object(
  {
    ...COUNTS,
    results: Type.Array(
      Type.Object({
        index: Type.Integer({ description: 'Its place in `interactions`, from 0.' }),
        id: Type.Optional(Type.String()),
        result: Type.String({ enum: ['created', 'updated', 'unchanged', 'rejected'] }),
        revision: Type.Optional(Type.Integer()),
        problem: Type.Optional(ErrorSchema),
        warnings: WarningsSchema,
      }),
      { description: 'JSON bodies: one result for each interaction, in order.' },
    ),
  },
  { title: 'BatchResult' },
)

export const StreamResultSchema = Type.Object(
  {
    ...COUNTS,
    lines: Type.Integer({ description: 'The last line that was read.' }),
    problems: Type.Array(
      Type.Object({
        line: Type.Integer(),
        id: Type.Optional(Type.String()),
        code: Type.String(),
        message: Type.String(),
        fields: Type.Optional(Type.Array(FieldSchema)),
        description: Type.Optional(Type.String()),
      }),
      { description: 'The first 1,000 lines that were rejected.' },
    ),
    warnings: Type.Array(
      Type.Object({ line: Type.Integer(), id: Type.String(), fields: Type.Array(FieldSchema) }),
      {
        description: 'The first 1,000 lines that were kept with warnings.',
      },
    ),
  },
  { title: 'StreamResult' },
)

/** The OpenAPI responses for errors of the catalogue, besides 500 and 503, which every route may give. */
export function errorResponses(...names: ErrorName[]): Record<number, unknown> {
  const responses: Record<number, unknown> = {}
  for (const name of [...names, 'unexpected', 'storeUnavailable'] as ErrorName[]) {
    const { status, code, message, when } = CATALOGUE[name]
    responses[status] ??= {
      description: when,
      content: { 'application/json': { schema: ErrorSchema as TSchema, example: { code, message } } },
    }
  }
  return responses
}
