/** Whether two records say the same, in whatever order their properties are; absent and undefined are the same. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, each) => {
    if (each instanceof Uint8Array) return Buffer.from(each).toString('base64')
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
