import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { MAX_ID_BYTES } from '../../interaction/limits.ts'
import { ApiError } from '../errors.ts'
import { CHAT } from '../examples.ts'

export const IdParameters = Type.Object({
  id: Type.String({
    minLength: 1,
    description: `The interaction, percent-encoded; 1 to ${MAX_ID_BYTES} bytes.`,
    examples: [CHAT.id],
  }),
})

/** The id in the path of a read. One that no interaction can have is answered 404: there is no such interaction. */
export function idOf(request: FastifyRequest): string {
  const { id } = request.params as { id: string }
  if (!isId(id)) throw new ApiError('notFound')
  return id
}

/** The id in the path of a write. One that no interaction can have is a fault of the request. */
export function writtenIdOf(request: FastifyRequest, name = 'id'): string {
  const id = (request.params as Record<string, string>)[name] ?? ''
  if (isId(id)) return id
  throw new ApiError('invalidRequest', { fields: [{ name, description: NO_ID }] })
}

export const NO_ID = `must have 1 to ${MAX_ID_BYTES} bytes, and no NUL character`

/** Whether it can be the id of an interaction, or of a customer. */
export function isId(id: string): boolean {
  return id.isWellFormed() && id !== '' && Buffer.byteLength(id) <= MAX_ID_BYTES && !id.includes('\0')
}
