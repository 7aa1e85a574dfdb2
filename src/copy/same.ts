/** Whether two records say the same, in whatever order their properties are; absent and undefined are the same. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

/** The text of a record, the same for records that say the same. */
export function canonical(value: unknown): string {
  // What a replacer is given of a Buffer is an object already; it is itself where it comes from.
  return JSON.stringify(value, function (this: Record<string, unknown>, name, given) {
    const each = this[name] instanceof Uint8Array ? this[name] : given
    if (each instanceof Uint8Array) return Buffer.from(each).toString('base64')
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
