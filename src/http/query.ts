import { parse } from 'node:querystring'

/** What stands behind the `?`: strings, or arrays of them where a name is given more than once. */
export function parseQuery(search: string): Record<string, unknown> {
  // As many as fit into a URL: leaving some out would be guessing which.
  return parse(search, '&', '=', { maxKeys: 0 })
}
