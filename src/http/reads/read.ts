import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '../../auth/verify.ts'
import { Admission, type Answers } from '../answers.ts'
import type { Told } from '../plugins/audit.ts'

/** The scope that every read asks for. */
export const READ_SCOPE = 'interactions-public:read'

/** A GET for conversations, whoever took it off the wire: the framework (routes/) or direct.ts. */
export interface ReadRequest {
  principal: Principal
  headers: IncomingHttpHeaders
  /** To be awaited before what may be large is read. */
  admission: Pick<Admission, 'enter'>
}

export interface ReadAnswer {
  status: 200 | 304
  headers: Record<string, string>
  /** Nobody else looks at them, so that their memory can be given back when they have been sent. */
  body?: Uint8Array
  /** For the audit. */
  told?: Told
}

/** Answers a read; throws ApiError, or what the store throws. */
export type Read = (request: ReadRequest) => Promise<ReadAnswer>

/** Runs a read; what it is answered with counts among the answers that wait to be taken, until `response` closes. */
export async function runRead(
  read: Read,
  answers: Answers,
  principal: Principal,
  { message, response }: { message: IncomingMessage; response: ServerResponse },
): Promise<ReadAnswer> {
  const admission = new Admission(answers, message, response)
  let bytes = 0
  try {
    const answer = await read({ principal, headers: message.headers, admission })
    bytes = answer.body?.length ?? 0
    return answer
  } finally {
    admission.settle(bytes)
  }
}
