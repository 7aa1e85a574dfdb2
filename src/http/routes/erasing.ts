import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { newErasureId } from '../../auth/ids.ts'
import { formatInstant, MILLISECOND } from '../../interaction/instant.ts'
import type { Erased, Erasure, ErasureTarget } from '../../store/erasure.ts'
import type { Dependencies } from '../dependencies.ts'
import { ERASURE } from '../examples.ts'
import { tell } from '../plugins/audit.ts'
import { principalOf } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { refusePreconditions } from './precondition.ts'

export const ERASE_SCOPE = 'interactions:erase'

/** Erases for whoever asks, in its own account; what is not done at once is gone on with behind the request. */
export async function erase(
  { store, now, eraser }: Dependencies,
  metrics: Metrics,
  request: FastifyRequest,
  target: ErasureTarget,
): Promise<Erased> {
  refusePreconditions(request)
  const { accountId, clientId } = principalOf(request)
  const erasureId = newErasureId()
  const erased = await store.erase(accountId, { erasureId, target, clientId, now: now() })
  const { interactions } = erased.erasure
  tell(
    request,
    interactions,
    target.kind === 'interactions' && target.ids.length === 1 ? target.ids[0] : undefined,
  )
  metrics.erased.inc(interactions)
  if (target.kind !== 'interactions') eraser?.wake(accountId)
  return erased
}

/** Answers that an erasure was taken: what can be told of it, and where it is followed. */
export function accepted(
  reply: FastifyReply,
  { publicUrl }: Pick<Dependencies, 'publicUrl'>,
  { erasure }: Erased,
) {
  reply.code(202).header('location', `${publicUrl()}/v1/erasures/${erasure.erasureId}`)
  return receiptOf(erasure)
}

/** What can be told of an erasure: neither whom it was about, nor what. */
export function receiptOf({ erasureId, kind, interactions, requestedAt, erasedAt, purgedAt }: Erasure) {
  return {
    id: erasureId,
    kind,
    state: purgedAt !== undefined ? 'purged' : erasedAt !== undefined ? 'erased' : 'erasing',
    interactions,
    requested_at: timeOf(requestedAt),
    ...(erasedAt !== undefined && { erased_at: timeOf(erasedAt) }),
    ...(purgedAt !== undefined && { purged_at: timeOf(purgedAt) }),
  }
}

function timeOf(milliseconds: number): string {
  return formatInstant(milliseconds * MILLISECOND)
}

const time = (description: string) => Type.String({ format: 'date-time', description })

export const ErasureSchema = Type.Object(
  {
    id: Type.String({ description: 'The erasure.' }),
    kind: Type.String({
      enum: ['interactions', 'customer', 'account'],
      description: 'What it was of; not whose.',
    }),
    state: Type.String({
      enum: ['erasing', 'erased', 'purged'],
      description:
        'Nothing of it can be read from the beginning. `erasing`: it goes on; `erased`: all of it has a tombstone; `purged`: ' +
        'nothing is left in the files.',
    }),
    interactions: Type.Integer({ description: 'How many interactions it has erased so far.' }),
    requested_at: time('When it was asked for: whatever had started by then is refused from then on.'),
    erased_at: Type.Optional(time('When the last of them was erased.')),
    purged_at: Type.Optional(time('When nothing of them was left in the files.')),
  },
  { title: 'Erasure' },
)

/** What an erasure is answered with, and an example of it. */
export function acceptedAs(example: object) {
  return {
    202: {
      description: 'Erased: nothing of it can be read any more. The rest goes on, and can be followed.',
      headers: {
        Location: {
          type: 'string',
          format: 'uri',
          description: 'Where the erasure is followed.',
          examples: [`https://parlance.example.com/v1/erasures/${ERASURE.id}`],
        },
      },
      content: { 'application/json': { schema: ErasureSchema, example } },
    },
  }
}
