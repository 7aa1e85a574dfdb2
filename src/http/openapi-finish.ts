import { TOKEN_PATH } from '../auth/provider.ts'
import { CATALOGUE } from './error-catalogue.ts'
import { TOKEN_OPERATIONS } from './openapi-tokens.ts'

type Node = Record<string, unknown>
type Operation = Node & {
  parameters?: { in: string }[]
  security?: Record<string, string[]>[]
  requestBody?: Node
  responses: Record<string, Node>
}

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Node> & { securitySchemes: Node; schemas: Node }
}

/**
 * Makes of the document that the routes give the one that is served: what all answers have in common is added,
 * and what is repeated gets a name and stands once, under `components`.
 */
export function finishDocument({ openapiObject }: { openapiObject: object }): object {
  const { components, paths: given, ...frame } = openapiObject as Document
  const { securitySchemes, ...others } = components
  const issues = TOKEN_PATH in given
  const schemes = issues ? ['bearer', 'oauth2'] : ['bearer']
  const paths = (issues ? merge(given, TOKEN_OPERATIONS) : given) as Document['paths']
  const responses: Node = {}
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) finishOperation(operation, schemes, responses)
  }
  const schemas: Node = {}
  const named = nameSchemas({ paths, responses }, schemas) as { paths: Node; responses: Node }
  return {
    ...frame,
    security: either(schemes, []),
    paths: named.paths,
    components: {
      ...others,
      schemas: sorted(schemas),
      responses: sorted(named.responses),
      securitySchemes: issues ? securitySchemes : { bearer: securitySchemes.bearer },
    },
  }
}

/** A token with these scopes, got in any of these ways. */
function either(schemes: string[], scopes: string[]): Record<string, string[]>[] {
  return schemes.map((scheme) => ({ [scheme]: scopes }))
}

const PLACES = ['path', 'query', 'header']

function finishOperation(operation: Operation, schemes: string[], shared: Node): void {
  const scopes = operation.security?.find(({ bearer }) => bearer !== undefined)?.bearer
  operation.security = scopes ? either(schemes, scopes) : (operation.security ?? [])
  operation.parameters?.sort((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in))
  // Without the description, which is the schema's and stands there.
  if (operation.requestBody)
    operation.requestBody = { required: true, content: operation.requestBody.content }
  for (const [status, response] of Object.entries(operation.responses)) {
    const limited = scopes !== undefined && /^2|304|429/.test(status)
    response.headers = {
      ...(response.headers as Node),
      ...(limited && referTo('headers', ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'])),
      ...referTo('headers', ['X-Request-Id']),
    }
    operation.responses[status] = shareResponse(response, shared)
  }
}

function referTo(kind: string, names: string[]): Node {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]))
}

const ERRORS = new Map<unknown, string>(Object.entries(CATALOGUE).map(([name, { when }]) => [when, name]))

/** An answer with one error of the catalogue is named like it, unless this route's differs from the others'. */
function shareResponse(response: Node, shared: Node): Node {
  const error = ERRORS.get(response.description)
  if (error === undefined) return response
  const name = error.replace(/^./, (first) => first.toUpperCase())
  shared[name] ??= response
  if (JSON.stringify(shared[name]) !== JSON.stringify(response)) return response
  return { $ref: `#/components/responses/${name}` }
}

/** Not schemas, whatever they may hold. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const'])

/** Copies a tree, with every schema that has a title replaced by a reference and put into `schemas`. */
function nameSchemas(tree: unknown, schemas: Node): unknown {
  if (Array.isArray(tree)) return tree.map((each) => nameSchemas(each, schemas))
  if (typeof tree !== 'object' || tree === null) return tree
  const copy: Node = {}
  for (const [key, value] of Object.entries(tree)) {
    copy[key] = VALUES.has(key) ? value : nameSchemas(value, schemas)
  }
  if (typeof copy.title !== 'string') return copy
  const { title, ...schema } = copy
  schemas[title] ??= schema
  if (JSON.stringify(schemas[title]) !== JSON.stringify(schema)) {
    throw new Error(`two different schemas have the title ${title}`)
  }
  return { $ref: `#/components/schemas/${title}` }
}

/** `base` with everything of `more` that it does not have, or has otherwise; lists are replaced. */
function merge(base: unknown, more: unknown): unknown {
  if (!isNode(base) || !isNode(more)) return more
  const merged = { ...base }
  for (const [key, value] of Object.entries(more)) {
    merged[key] = key in base ? merge(base[key], value) : value
  }
  return merged
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(node: Node): Node {
  return Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
}
