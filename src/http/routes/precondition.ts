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
    return revisions === '*' ? 'exists' : { revisions }
  }
  if (none === undefined) return undefined
  if (none.trim() === '*') return 'absent'
  const fields = [{ name: 'if-none-match', description: 'must be * when writing' }]
  throw new ApiError('invalidRequest', { fields })
}

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
