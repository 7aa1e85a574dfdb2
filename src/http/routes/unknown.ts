import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { ApiError } from '../errors.ts'

export const UnknownQuery = Type.Object({
  unknown: Type.Optional(
    Type.String({
      enum: ['reject', 'keep'],
      default: 'reject',
      description:
        'What to do with values outside the known lists (a new channel, say): reject the interaction, or keep them ' +
        'with a warning.',
      examples: ['reject'],
    }),
  ),
})

export const INVALID_UNKNOWN = new ApiError('invalidQuery', {
  fields: [{ name: 'unknown', description: 'must be reject or keep' }],
})

/** Whether the request asks to keep values outside the contract's lists. */
export function unknownOf(request: FastifyRequest): boolean {
  const { unknown } = request.query as { unknown?: unknown }
  if (unknown === undefined || unknown === 'reject') return false
  if (unknown === 'keep') return true
  throw new ApiError('invalidQuery', INVALID_UNKNOWN.details)
}
