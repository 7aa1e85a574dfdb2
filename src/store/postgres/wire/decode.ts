import { bigintAt } from './row.ts'

/** Values of rows in the server's binary form. A column that may be null is asked for with `maybe`. */

type Column = Buffer | null | undefined

/** `bigint`. TypeError where it is missing or cannot be kept exactly. */
export function integerIn(column: Column): number {
  return bigintAt(bytesIn(column), 0)
}

/** `text` */
export function textIn(column: Column): string {
  return bytesIn(column).toString()
}

/** `boolean` */
export function booleanIn(column: Column): boolean {
  return bytesIn(column)[0] === 1
}

/** `bytea`: a view of the row. */
export function bytesIn(column: Column): Buffer {
  if (column == null) throw new TypeError('the column is null')
  return column
}

export function maybe<Value>(column: Column, read: (column: Column) => Value): Value | undefined {
  return column == null ? undefined : read(column)
}
