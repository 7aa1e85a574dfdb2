import assert from 'node:assert/strict'
import Schema from 'typebox/schema'

export interface Named {
  $ref?: string
}
export interface Media {
  schema: object
  example?: unknown
  examples?: Record<string, { value: unknown }>
}
export interface Response {
  description: string
  headers: Record<string, Named & { schema: object }>
  content?: Record<string, Media>
}
export interface Operation {
  operationId: string
  summary: string
  tags: string[]
  security: Record<string, string[]>[]
  parameters?: (Media & { name: string; in: string; description: string })[]
  requestBody?: { required: boolean; content: Record<string, Media> }
  responses: Record<string, Named & Response>
}
export interface Document {
  openapi: string
  tags: { name: string }[]
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, object>>
}

/** An OpenAPI document, read for tests. */
export class Described {
  readonly document: Document
  readonly operations: { path: string; method: string; operation: Operation }[]

  constructor(text: string) {
    this.document = JSON.parse(text)
    this.operations = Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
  }

  resolve<T extends object>(node: T & Named): T {
    if (node.$ref === undefined) return node
    let found: unknown = this.document
    for (const key of node.$ref.slice(2).split('/')) found = (found as Record<string, unknown>)[key]
    assert.ok(found, `${node.$ref} leads nowhere`)
    return found as T
  }

  responsesOf(operation: Operation): [status: string, response: Response][] {
    return Object.entries(operation.responses).map(([status, response]) => [status, this.resolve(response)])
  }

  /** Fails where the value does not fit the schema. */
  assertFits({ schema }: Media, value: unknown, where: string): void {
    const { components } = this.document
    const [fits, faults] = Schema.Errors({ components, ...schema } as never, value)
    assert.ok(fits, `${where}: ${JSON.stringify(faults)}`)
  }
}

export function examplesOf({ example, examples }: Media): unknown[] {
  return example === undefined ? Object.values(examples ?? {}).map(({ value }) => value) : [example]
}
