import Type, { type TSchema } from 'typebox'
import { AnyInteractionSchema, InteractionSchema } from '../interaction/schema.ts'
import { CATALOGUE, type CatalogueEntry, type ErrorName } from './error-catalogue.ts'
import { ApiError, errorBody } from './errors.ts'

/** Schemas that several routes share. Each one with a title stands once in the OpenAPI document, under that name. */

const LinksSchema = Type.Object({
  self: Type.Object({ href: Type.String({ format: 'uri' }) }),
  next: Type.Optional(
    Type.Object(
      { href: Type.String({ format: 'uri' }) },
      { description: 'Exactly while another page follows.' },
    ),
  ),
})

export const PageSchema = Type.Object(
  { _embedded: Type.Object({ interactions: Type.Array(InteractionSchema) }), _links: LinksSchema },
  { title: 'Page' },
)

/** The same of interactions that need not have ended. */
export const AnyPageSchema = Type.Object(
  { _embedded: Type.Object({ interactions: Type.Array(AnyInteractionSchema) }), _links: LinksSchema },
  { title: 'OpenOrEndedPage' },
)

const FieldSchema = Type.Object(
  {
    name: Type.String({ description: 'A parameter, or a path in the body such as `messages[3].channel`.' }),
    description: Type.String({ description: 'What is wrong with it.' }),
  },
  { title: 'Field' },
)

export const ErrorSchema = Type.Object(
  {
    code: Type.String({ description: 'What kind of error it is; the same code always means the same.' }),
    message: Type.String({ description: 'The kind in words; the same for every error of this code.' }),
    description: Type.Optional(Type.String({ description: 'What happened this time.' })),
    fields: Type.Optional(Type.Array(FieldSchema, { description: 'Each fault in what was sent.' })),
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

/** What is told beside code and message, for the examples; a route may show another one. */
const EXAMPLE_DETAILS: Partial<Record<ErrorName, ApiError['details']>> = {
  invalidBody: {
    fields: [
      {
        name: 'messages[0].channel',
        description: 'must be one of VOICE, CHAT, SMS, DIGITAL_CONNECT, WEBCHAT',
      },
    ],
  },
}

const WHEN_TO_RETRY = { 'Retry-After': { type: 'integer', description: 'Seconds to wait.', examples: [1] } }
const CHALLENGE = { type: 'string', description: 'What the token lacks (RFC 6750).' }

const ERROR_HEADERS: Partial<Record<ErrorName, object>> = {
  unauthenticated: { 'WWW-Authenticate': { ...CHALLENGE, examples: ['Bearer'] } },
  forbidden: {
    'WWW-Authenticate': {
      ...CHALLENGE,
      examples: ['Bearer error="insufficient_scope", scope="interactions:write"'],
    },
  },
  rateLimited: WHEN_TO_RETRY,
  storeUnavailable: WHEN_TO_RETRY,
  overloaded: WHEN_TO_RETRY,
}

/**
 * The OpenAPI responses for errors of the catalogue, besides 500 and 503, which every route may give. Each is
 * given by its name, or as it would be thrown.
 */
export function errorResponses(...errors: (ErrorName | ApiError)[]): Record<number, unknown> {
  const all: ApiError[] = [...errors, 'unexpected' as const, 'storeUnavailable' as const].map((each) =>
    each instanceof ApiError ? each : new ApiError(each, EXAMPLE_DETAILS[each]),
  )
  const byStatus = Map.groupBy(all, ({ error }) => CATALOGUE[error].status)
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, errorResponse(group)]))
}

function errorResponse(errors: ApiError[]) {
  const names = errors.map(({ error }) => error)
  const examples = errors.map(({ error, details }, index) => {
    const { when }: CatalogueEntry = CATALOGUE[error]
    const before = names.slice(0, index).filter((each) => each === error).length
    const name = before === 0 ? error : `${error}${before + 1}`
    return [name, { summary: when.replaceAll('`', ''), value: errorBody(error, details) }] as const
  })
  return {
    description: [...new Set(names)].map((name) => CATALOGUE[name].when).join(' Or: '),
    headers: Object.assign({}, ...errors.map(({ error }) => ERROR_HEADERS[error])),
    content: {
      'application/json': { schema: ErrorSchema as TSchema, examples: Object.fromEntries(examples) },
    },
  }
}
