import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { isTranscriptState, TRANSCRIPT_STATES, type TranscriptState } from '../../interaction/transcript.ts'
import { ApiError } from '../errors.ts'

const HEADER = 'parlance-transcript'
const FIELDS = [{ name: HEADER, description: `must be one of ${TRANSCRIPT_STATES.join(', ')}` }]

/** The state of the transcript that a write tells in `Parlance-Transcript`; undefined where it tells none. */
export function transcriptOf({ headers }: FastifyRequest): TranscriptState | undefined {
  const given = headers[HEADER]
  if (given === undefined) return undefined
  if (typeof given === 'string' && isTranscriptState(given)) return given
  throw new ApiError('invalidRequest', { fields: FIELDS })
}

export const INVALID_TRANSCRIPT = new ApiError('invalidRequest', { fields: FIELDS })

/** The header as writes take it. */
export const TRANSCRIPT_HEADER = {
  'Parlance-Transcript': Type.Optional(
    Type.String({
      enum: [...TRANSCRIPT_STATES],
      description:
        'How far the transcript is: whether more is to come, all is there, or nothing more will be. Left out: as it was.',
      examples: ['complete'],
    }),
  ),
}
