import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { MAX_ID_BYTES } from '../../interaction/limits.ts'
import { ApiError } from '../errors.ts'

export const IdParameters = Type.Object({
  id: Type.String({
    minLength: 1,
    description: `The interaction, percent-encoded; 1 to ${MAX_ID_BYTES} bytes.`,
  }),
})

/** The id in the path. A longer one than any id can be is answered 404: there is no such interaction. */
export function idOf(request: FastifyRequest): string {
  const { id } = request.params as { id: string }
  if (id === '' || Buffer.byteLength(id) > MAX_ID_BYTES || id.includes('\0')) throw new ApiError('notFound')
  return id
}
