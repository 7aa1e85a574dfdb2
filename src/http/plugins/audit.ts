import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Audit, AuditEntry } from '../../audit/audit.ts'
import type { Principal } from '../../auth/verify.ts'

/** What a route does to an account's data, as its entries in the audit say it. */
export type Audited = Pick<AuditEntry, 'action' | 'what'>

/** How many interactions a request was about, as far as it got, and which one, where it is about one. */
export interface Told {
  count: number
  id?: string
}

/** A request that has been answered, or whose client has left. */
export interface AuditedRequest {
  request: string
  principal: Principal | undefined
  told: Told | undefined
  status: number
  /** Whether an answer has begun. */
  answered: boolean
}

/**
 * The entry of a request. Undefined where it did nothing: it was refused for what it asked, or nobody knows who asked. Who was
 * refused for what it may is told (403).
 */
export function auditEntry(
  { action, what }: Audited,
  { request, principal, told, status, answered }: AuditedRequest,
  at: number,
): AuditEntry | undefined {
  const count = told?.count ?? 0
  const good = answered && (status < 400 || status === 403)
  if (principal === undefined || (!good && count === 0)) return undefined
  const { accountId: account, clientId: client } = principal
  const id = told?.id
  return { at, request, account, client, action, what, ...(id !== undefined && { id }), count, status }
}

/** Records each request to a route that says what it does; `now` is milliseconds since 1970. */
export function auditRequests(
  app: FastifyInstance,
  audit: Pick<Audit, 'record'> | undefined,
  now: () => number,
): void {
  app.decorateRequest('told', undefined)
  app.decorateRequest('tellLate', undefined)
  if (audit === undefined) return
  app.addHook('onRequest', (request, reply, done) => {
    const audited = request.routeOptions.config.audit
    if (audited === undefined) return done()
    const record = (told: Told | undefined) => {
      const { statusCode: status, headersSent: answered } = reply.raw
      const { id, principal } = request
      const entry = auditEntry(audited, { request: id, principal, told, status, answered }, now())
      if (entry !== undefined) audit.record(entry)
    }
    // On `close` it is known how far the answer came, also where the client has left.
    reply.raw.once('close', () => {
      record(request.told)
      request.tellLate = record
    })
    done()
  })
}

/** Notes for the audit that a request was about so many interactions more. */
export function tell(request: FastifyRequest, count: number, id?: string): void {
  // A write goes on when its client has left: it gets an entry of its own.
  if (request.tellLate !== undefined) request.tellLate({ id, count })
  else request.told = { id, count: count + (request.told?.count ?? 0) }
}

declare module 'fastify' {
  interface FastifyRequest {
    told: Told | undefined
    /** Records what is done when the answer is over. */
    tellLate: ((told: Told) => void) | undefined
  }
  interface FastifyContextConfig {
    audit?: Audited
  }
}
