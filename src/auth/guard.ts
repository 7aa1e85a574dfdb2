import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { decodeJwt } from 'jose'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { StoreUnavailable } from '../store/errors.ts'
import { CERTS_PATH, DISCOVERY_PATH, type Provider, TOKEN_PATH } from './provider.ts'
import { SCOPES } from './scopes.ts'

/** Where the issuer tells what it refused and why (info), and what went wrong inside (error). */
export interface IssuerLog {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

type LogOf = (request: IncomingMessage) => IssuerLog | undefined

const ENDPOINTS = new Set([
  `POST ${TOKEN_PATH}`,
  `GET ${CERTS_PATH}`,
  `HEAD ${CERTS_PATH}`,
  `GET ${DISCOVERY_PATH}`,
  `HEAD ${DISCOVERY_PATH}`,
])
/** What is left of oidc-provider's description: the rest is of endpoints that cannot be reached here. */
const DISCOVERED = [
  'issuer',
  'token_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
]
const RETRY_AFTER_SECONDS = '1'

/** Puts our rules around oidc-provider's; docs/explanation/tokens.md has the reason for each. */
export function guard(provider: Provider, logOf: LogOf): void {
  provider.on('server_error', (ctx, error) => fail(ctx, error, logOf))
  // Koa's own: without a listener it would print to the standard error output.
  const koa: EventEmitter = provider
  koa.on('error', (error: Error, ctx?: { req: IncomingMessage }) => {
    if (ctx !== undefined) logOf(ctx.req)?.error({ err: error }, 'an answer of the token endpoint failed')
  })
  provider.on('grant.error', (ctx, error) => {
    const { error_detail = error.error_description } = error as { error_detail?: string }
    const details = { error: error.error, reason: error_detail, client: ctx.oidc.client?.clientId }
    logOf(ctx.req)?.info(details, 'a token was refused')
  })
  provider.use(async (context, next) => {
    const ctx = context as unknown as KoaContextWithOIDC
    // Everything else that oidc-provider would answer stays unreachable, whatever the router lets through.
    if (!ENDPOINTS.has(`${ctx.method} ${ctx.path}`)) return
    try {
      if (ctx.path === TOKEN_PATH) await guardToken(ctx, next, provider.issuer)
      else await next()
      if (ctx.path === DISCOVERY_PATH) ctx.body = describe(ctx.body as Record<string, unknown>)
    } catch (error) {
      fail(ctx, error, logOf)
    }
  })
}

async function guardToken(ctx: KoaContextWithOIDC, next: () => Promise<void>, realm: string): Promise<void> {
  const shared = ctx.res.hasHeader('Access-Control-Allow-Origin')
  const authorization = ctx.get('Authorization')
  if (authorization !== '' && !isReadableBasic(authorization)) refuseClient(ctx)
  else await next()
  if (!shared) hideFromOtherOrigins(ctx)
  ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
  tidyError(ctx, realm)
}

/** `Basic` with base64 of id and secret, both form-encoded (RFC 6749, 2.3.1) and printable ASCII. */
function isReadableBasic(authorization: string): boolean {
  const encoded = /^basic ([A-Za-z0-9+/]+)={0,2}$/i.exec(authorization)?.[1] ?? ''
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded) return false
  const [, id = '', secret = ''] = /^([^:]+):(.+)$/.exec(bytes.toString('latin1')) ?? []
  try {
    return [id, secret].every((part) => /^[\x20-\x7e]+$/.test(decodeURIComponent(part)))
  } catch {
    return false
  }
}

function refuseClient(ctx: KoaContextWithOIDC): void {
  ctx.status = 401
  ctx.body = { error: 'invalid_client', error_description: 'client authentication failed' }
}

/** A browser's page of another origin must not read tokens, unless the application around us says so. */
function hideFromOtherOrigins(ctx: KoaContextWithOIDC): void {
  ctx.remove('Access-Control-Allow-Origin')
  ctx.remove('Access-Control-Expose-Headers')
}

function tidyError(ctx: KoaContextWithOIDC, realm: string): void {
  const body = ctx.body as { error?: string; error_description?: string } | undefined
  if (body?.error === undefined) return
  if (body.error === 'invalid_request' && lacksCredentials(ctx)) refuseClient(ctx)
  else ctx.body = { error: body.error, error_description: body.error_description }
  // RFC 9110, 15.5.2: every 401 carries a challenge.
  if (ctx.status === 401 && !ctx.res.hasHeader('WWW-Authenticate')) {
    ctx.set('WWW-Authenticate', `Basic realm="${realm}"`)
  }
}

/**
 * No credentials, or an assertion that is no JWT: `invalid_client` by RFC 6749, 5.2, and RFC 7521, 4.2.1, where
 * oidc-provider says `invalid_request`.
 */
function lacksCredentials(ctx: KoaContextWithOIDC): boolean {
  const body = ctx.oidc?.body
  if (body === undefined || ctx.oidc.client !== undefined || ctx.get('Authorization') !== '') return false
  const { client_assertion: assertion, client_id: clientId } = body
  if (typeof assertion !== 'string') return assertion === undefined && !Array.isArray(clientId)
  try {
    decodeJwt(assertion)
    return false
  } catch {
    return true
  }
}

function describe(body: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(DISCOVERED.map((name) => [name, body[name]]))
  return { ...kept, scopes_supported: Object.keys(SCOPES) }
}

function fail(ctx: KoaContextWithOIDC, error: unknown, logOf: LogOf): void {
  logOf(ctx.req)?.error({ err: error }, 'the token endpoint failed')
  const { status, headers, body } = faultAnswer(error)
  ctx.status = status
  ctx.body = body
  ctx.set(headers)
}

function faultAnswer(error: unknown) {
  const unavailable = error instanceof StoreUnavailable
  const headers = { 'Cache-Control': 'no-store' }
  return unavailable
    ? {
        status: 503,
        headers: { ...headers, 'Retry-After': RETRY_AFTER_SECONDS },
        body: {
          error: 'temporarily_unavailable',
          error_description: 'The server cannot reach its store. Try again.',
        },
      }
    : {
        status: 500,
        headers,
        body: {
          error: 'server_error',
          error_description: 'An unexpected error has occurred. Contact support.',
        },
      }
}

/** The same answer where a request has not even come as far as oidc-provider. */
export function answerFault(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return
  const { status, headers, body } = faultAnswer(error)
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(body))
}
