import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Precondition } from '../../store/store.ts'
import { ApiError } from '../errors.ts'
import { revisionsIn } from '../etag.ts'
import { ETAG } from '../examples.ts'
import { accountOf } from '../plugins/authenticate.ts'

/** `If-Match` and `If-None-Match` (RFC 9110, 13.1): the interaction must be at a revision, be there, or be new. */
export function preconditionOf(request: FastifyRequest): Precondition | undefined {
  const { 'if-match': match, 'if-none-match': none } = request.headers
  if (match !== undefined) {
    const revisions = revisionsIn('if-match', match, accountOf(request))
    if (none !== undefined) checkNone(none)
    // Both are asked for (RFC 9110, 13.2.2), and nothing is there and not there.
    if (none !== undefined) return { revisions: [] }
    return revisions === '*' ? 'exists' : { revisions }
  }
  if (none === undefined) return undefined
  checkNone(none)
  return 'absent'
}

function checkNone(none: string): void {
  if (none.trim() === '*') return
  throw new ApiError('invalidRequest', {
    fields: [{ name: 'if-none-match', description: 'must be * when writing' }],
  })
}

/**
 * Refuses preconditions of an erasure, which knows none: whoever sends one must not be told that it held (RFC 9110, 13.1.1), and
 * nothing brings back what was erased.
 */
export function refusePreconditions({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const given = (['if-match', 'if-none-match', 'if-unmodified-since'] as const).filter(
    (name) => headers[name] !== undefined,
  )
  if (given.length === 0) return
  throw new ApiError('invalidRequest', {
    fields: given.map((name) => ({ name, description: NO_PRECONDITION })),
  })
}

const NO_PRECONDITION = 'cannot be used here: an erasure holds for whatever there is by then'

/** The headers that it reads. */
export const PRECONDITIONS = {
  'If-Match': Type.Optional(
    Type.String({
      description:
        'The `ETag` of an earlier answer: write only if nobody has changed it since. `*`: only if it is there.',
      examples: [ETAG],
    }),
  ),
  'If-None-Match': Type.Optional(
    Type.String({ enum: ['*'], description: 'Write only if it is not there yet.', examples: ['*'] }),
  ),
}

export const INVALID_PRECONDITION = new ApiError('invalidRequest', {
  fields: [{ name: 'if-match', description: 'must be * or tags as they came in ETag' }],
})

/** What an erasure with a precondition is answered with. */
export const PRECONDITION_REFUSED = new ApiError('invalidRequest', {
  fields: [{ name: 'if-match', description: NO_PRECONDITION }],
})
