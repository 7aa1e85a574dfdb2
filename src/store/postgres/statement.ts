import type { Statement, Value } from './wire/encode.ts'

/** A statement with its values: the first is `$1`. */
export function sql(text: string, ...values: Value[]): Statement {
  return { text, values }
}
