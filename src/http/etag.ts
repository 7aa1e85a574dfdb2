import { hash } from 'node:crypto'
import { ApiError } from './errors.ts'

/** Of base64url: 132 bits. */
const TAG_CHARACTERS = 22

/**
 * A weak ETag over parts that settle the answer. Weak, because gzip and plain bytes share it. The account is
 * always one of the parts, so that one account's tag never matches another's page.
 */
export function weakEtag(parts: readonly (string | number)[]): string {
  return `W/"${hash('sha256', JSON.stringify(parts), 'base64url').slice(0, TAG_CHARACTERS)}"`
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

/**
 * The tag of one interaction: its revision, and a mark of its account, so that one account's tag never matches
 * another's interaction of the same id. The representations differ in their bytes, and so in their tags.
 */
export function revisionEtag(accountId: string, revision: number, gzip: boolean): string {
  return `"${revision}-${accountMark(accountId)}${gzip ? '-gzip' : ''}"`
}

const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const TAGS = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`)
const OWN_TAG = /(W\/)?"(\d{1,15})-([\w-]{8})(?:-gzip)?"/g

/**
 * The revisions that an `If-Match` (strong comparison) or `If-None-Match` (weak) names, or `*`. Tags that are not
 * of this account stand for none. ApiError where it cannot be read.
 */
export function revisionsIn(
  name: 'if-match' | 'if-none-match',
  header: string,
  accountId: string,
): number[] | '*' {
  if (header === '*') return '*'
  if (!TAGS.test(header)) {
    const description = 'must be * or tags as they came in ETag'
    throw new ApiError('invalidRequest', { fields: [{ name, description }] })
  }
  const mark = accountMark(accountId)
  const known = [...header.matchAll(OWN_TAG)].filter(
    ([, weak, , of]) => of === mark && (weak === undefined || name === 'if-none-match'),
  )
  return known.map(([, , revision]) => Number(revision))
}

function accountMark(accountId: string): string {
  return hash('sha256', accountId, 'base64url').slice(0, 8)
}
