import { NOTHING, type Span } from './span.ts'

/** RFC 5321, 4.5.3.1: the most characters before the sign, and of the domain. */
const MAX_LOCAL = 64
const MAX_DOMAIN = 255

const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u
const DOMAIN = /[\p{L}\p{N}.-]/u
/** At least two labels, the last one of letters or punycode. */
const WHOLE_DOMAIN = /^[\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.[\p{L}\p{N}][\p{L}\p{N}-]{0,62}){1,126}$/u
const TOP = /\.(?:\p{L}{2,63}|xn--[a-z0-9-]{2,59})$/iu

/** E-mail addresses, found by their sign: from each one looks 64 characters back and 255 on at most. */
export function findEmails(text: string): readonly Span[] {
  let sign = text.indexOf('@')
  if (sign === -1) return NOTHING
  const spans: Span[] = []
  for (; sign !== -1; sign = text.indexOf('@', sign + 1)) {
    const start = startOf(text, sign, spans.at(-1)?.end ?? 0)
    const end = endOf(text, sign + 1)
    if (start < sign && end !== undefined) spans.push({ start, end })
  }
  return spans
}

function startOf(text: string, sign: number, from: number): number {
  let start = sign
  while (start > from && sign - start < MAX_LOCAL && LOCAL.test(text[start - 1] as string)) start -= 1
  return start
}

function endOf(text: string, from: number): number | undefined {
  let end = from
  while (end < text.length && end - from < MAX_DOMAIN && DOMAIN.test(text[end] as string)) end += 1
  // A full stop or a dash behind the address is none of it.
  while (end > from && (text[end - 1] === '.' || text[end - 1] === '-')) end -= 1
  const domain = text.slice(from, end)
  return WHOLE_DOMAIN.test(domain) && TOP.test(domain) ? end : undefined
}
