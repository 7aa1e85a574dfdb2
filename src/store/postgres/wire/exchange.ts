import type { BinaryConnection } from './connection.ts'
import { encodeStatements, type Statement } from './encode.ts'
import type { Row } from './row.ts'

/** What a statement gave. */
export interface Result {
  rows: Row[]
  /** How many rows it wrote, or gave. */
  count: number
}

/**
 * Some statements sent together and answered together, in one round trip, in the form in which the client library takes
 * what it sends (`submit` and the handlers). Where one fails, those behind it are not run.
 */
export class Exchange {
  readonly results: Promise<Result[]>
  readonly #statements: readonly Statement[]
  readonly #settled = Promise.withResolvers<Result[]>()
  readonly #done: Result[] = []
  #rows: Row[] = []
  #connection: BinaryConnection | undefined

  constructor(statements: readonly Statement[]) {
    this.#statements = statements
    this.results = this.#settled.promise
  }

  /** What goes wrong here is told like what goes wrong later; the library would send nothing more. */
  submit(connection: BinaryConnection): Error | null {
    this.#connection = connection
    connection.rows = this.#rows
    try {
      connection.stream.write(
        encodeStatements(this.#statements.map((each) => ({ ...each, ...connection.nameOf(each.text) }))),
      )
      return null
    } catch (error) {
      return error as Error
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#done.push({ rows: this.#rows, count: Number(/\d+$/.exec(text)?.[0] ?? 0) })
    this.#rows = []
    if (this.#connection !== undefined) this.#connection.rows = this.#rows
  }

  handleError(error: Error): void {
    this.#connection?.forget(this.#statements.map(({ text }) => text))
    if (this.#connection !== undefined) this.#connection.rows = undefined
    this.#settled.reject(error)
  }

  handleReadyForQuery(): void {
    if (this.#connection !== undefined) this.#connection.rows = undefined
    this.#settled.resolve(this.#done)
  }

  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
