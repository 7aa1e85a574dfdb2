import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import { TokenError } from '../../auth/errors.ts'
import type { Identified, Principal, Verify } from '../../auth/verify.ts'
import { ApiError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireScope`. Its account is the only one the request may touch. */
    principal: Principal | undefined
  }
}

export function authentication(app: FastifyInstance): void {
  app.decorateRequest('principal', undefined)
}

/** A hook that lets only tokens with this scope through: 401 without a valid one, 403 without the scope. */
export function requireScope(verify: Verify, scope: string) {
  return async (request: FastifyRequest): Promise<void> => {
    const principal = await authenticate(verify, request.headers.authorization, () => request.log)
    request.principal = principal
    checkScope(principal, scope)
  }
}

/** The token of an `Authorization` header. */
export function bearerOf(authorization = ''): string | undefined {
  return BEARER.exec(authorization)?.[1]
}

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i

/** Who asks, by an `Authorization` header; ApiError `unauthenticated`, with the reason in the log alone. */
export async function authenticate(
  verify: Verify,
  authorization = '',
  log: () => FastifyBaseLogger,
): Promise<Principal> {
  const token = bearerOf(authorization)
  if (token === undefined) throw new ApiError('unauthenticated')
  try {
    return await verify(token)
  } catch (error) {
    throw refusalOf(error, log)
  }
}

/** The same by the token alone: its standing is looked up with what is read first. */
export async function identify(
  verify: Verify,
  authorization = '',
  log: () => FastifyBaseLogger,
): Promise<Identified> {
  const token = bearerOf(authorization)
  if (token === undefined) throw new ApiError('unauthenticated')
  try {
    return await verify.identify(token)
  } catch (error) {
    throw refusalOf(error, log)
  }
}

/** What the client is told: of a token that is refused nothing but that; the log has the reason. */
export function refusalOf(error: unknown, log: () => FastifyBaseLogger): unknown {
  if (!(error instanceof TokenError)) return error
  log().info({ reason: error.reason }, 'token refused')
  return new ApiError('unauthenticated')
}

export function checkScope({ scopes }: Pick<Principal, 'scopes'>, scope: string): void {
  if (scopes.has(scope)) return
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`
  throw new ApiError('forbidden', { headers: { 'www-authenticate': challenge } })
}

/** The account of a request that `requireScope` let through. */
export function accountOf(request: FastifyRequest): string {
  return principalOf(request).accountId
}

/** Who asks, for a request that `requireScope` let through. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (principal === undefined) throw new Error('the route has no requireScope')
  return principal
}
