import { createHash } from 'node:crypto'
import { ApiError } from './errors.ts'

const HASH_BYTES = 16

/**
 * A weak ETag over parts that settle the answer. Weak, because gzip and plain bytes share it. The account is
 * always one of the parts, so that one account's tag never matches another's page.
 */
export function weakEtag(parts: readonly (string | number)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, HASH_BYTES)
  return `W/"${hash.toString('base64url')}"`
}

/** Whether `If-None-Match` names this tag (weak comparison, RFC 9110, 13.1.2). */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const opaque = etag.replace(/^W\//, '')
  return header.split(',').some((each) => {
    const tag = each.trim()
    return tag === '*' || tag.replace(/^W\//, '') === opaque
  })
}

/** The tag of one interaction: its revision. The representations differ in their bytes, and so in their tags. */
export function revisionEtag(revision: number, gzip: boolean): string {
  return `"${revision}${gzip ? '-gzip' : ''}"`
}

const MAX_TAGS = 100

/** The revisions that an `If-Match` or `If-None-Match` names, or `*`. ApiError where it cannot be read. */
export function revisionsIn(name: string, header: string): number[] | '*' {
  if (header.trim() === '*') return '*'
  const tags = header.split(',').map((tag) => /^\s*"(\d{1,15})(?:-gzip)?"\s*$/.exec(tag)?.[1])
  if (tags.length > MAX_TAGS || tags.includes(undefined)) {
    const description = 'must be * or tags as they came in ETag, such as "17"'
    throw new ApiError('invalidRequest', { fields: [{ name, description }] })
  }
  return tags.map(Number)
}
