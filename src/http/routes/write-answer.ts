import type { FastifyReply } from 'fastify'
import type { Problem } from '../../interaction/problems.ts'
import type { WriteResult } from '../../store/store.ts'
import type { Dependencies } from '../dependencies.ts'
import { revisionEtag } from '../etag.ts'
import { CHAT, ETAG, WRITE_RESULT } from '../examples.ts'
import { accountOf } from '../plugins/authenticate.ts'
import { WriteResultSchema } from '../schemas.ts'

/** Answers a write of one interaction: what became of it, and its revision as a tag. */
export function writeAnswer(
  reply: FastifyReply,
  { publicUrl }: Pick<Dependencies, 'publicUrl'>,
  id: string,
  { outcome, revision }: Exclude<WriteResult, { outcome: 'rejected' }>,
  warnings: Problem[],
) {
  const etag = revisionEtag(accountOf(reply.request), revision, false)
  reply.headers({ etag, 'parlance-revision': String(revision) })
  if (outcome === 'created') {
    reply.code(201).header('location', `${publicUrl()}/v1/interactions/${encodeURIComponent(id)}`)
  }
  return { id, result: outcome, revision, ...(warnings.length > 0 && { warnings }) }
}

const HEADERS = {
  ETag: { type: 'string', description: 'Its revision, for `If-Match`.', examples: [ETAG] },
  'Parlance-Revision': {
    type: 'integer',
    description: "The account's revision of its last change.",
    examples: [17],
  },
}
const LOCATION = {
  Location: {
    type: 'string',
    format: 'uri',
    description: 'Where it is read.',
    examples: [`https://parlance.example.com/v1/interactions/${CHAT.id}`],
  },
}

/** What a write of one interaction is answered with where it was taken. */
export const WRITE_RESPONSES = {
  200: { description: 'Updated, or unchanged.', headers: HEADERS, ...jsonOf(WRITE_RESULT) },
  201: {
    description: 'Created.',
    headers: { ...HEADERS, ...LOCATION },
    ...jsonOf({ ...WRITE_RESULT, result: 'created' }),
  },
}

function jsonOf(example: object) {
  return { content: { 'application/json': { schema: WriteResultSchema, example } } }
}
