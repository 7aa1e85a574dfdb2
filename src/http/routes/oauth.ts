import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Issuer } from '../../auth/issuer.ts'
import { CERTS_PATH, DISCOVERY_PATH, TOKEN_PATH } from '../../auth/provider.ts'
import { lingerOnBody } from '../linger.ts'
import { refuseOtherMethods } from '../methods.ts'

/**
 * The token endpoint, its keys and its description (RFC 6749, 7517, 8414). The requests go to the issuer as
 * they are, bodies unread; what hooks have set as headers goes with the answers.
 */
export function oauthRoutes(app: FastifyInstance, { issuer }: { issuer: Issuer }): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    // The schemas describe; it is the issuer that judges.
    scope.setValidatorCompiler(() => () => true)
    scope.setErrorHandler(answerUnreadable)

    async function handOver(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      reply.hijack()
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value)
      }
      await issuer.handle(request.raw, reply.raw, request.log)
      lingerOnBody(request)
    }
    scope.post(TOKEN_PATH, { schema: TOKEN_SCHEMA }, handOver)
    scope.get(CERTS_PATH, { schema: CERTS_SCHEMA }, handOver)
    scope.get(DISCOVERY_PATH, { schema: DISCOVERY_SCHEMA }, handOver)
    refuseOtherMethods(scope, TOKEN_PATH, ['POST'])
    for (const url of [CERTS_PATH, DISCOVERY_PATH]) refuseOtherMethods(scope, url, ['GET', 'HEAD'])
  })
}

/** A content type that cannot even be parsed is OAuth's `invalid_request`; everything else is the application's. */
function answerUnreadable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (!error.code?.startsWith('FST_ERR_CTP_')) throw error
  lingerOnBody(request)
  reply
    .code(400)
    .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: 'invalid_request', error_description: 'the Content-Type cannot be read' }))
}

const TokenRequestSchema = Type.Object(
  {
    grant_type: Type.Literal('client_credentials'),
    scope: Type.Optional(Type.String({ description: 'Space-separated; all granted ones where absent.' })),
    client_assertion_type: Type.Optional(
      Type.Literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
    ),
    client_assertion: Type.Optional(
      Type.String({ description: 'A JWT signed by the client (RFC 7523), instead of HTTP Basic.' }),
    ),
  },
  { title: 'TokenRequest' },
)

const TokenSchema = Type.Object(
  {
    access_token: Type.String({ description: 'A JWT, to be sent as `Authorization: Bearer`.' }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    scope: Type.String({ description: 'Space-separated.' }),
  },
  { title: 'Token' },
)

const OAuthErrorSchema = Type.Object(
  { error: Type.String(), error_description: Type.Optional(Type.String()) },
  { title: 'OAuthError' },
)

const json = (description: string, schema: unknown, type = 'application/json') => ({
  description,
  content: { [type]: { schema } },
})

const TOKEN_SCHEMA = {
  tags: ['Tokens'],
  summary: 'Get an access token',
  description: 'The client authenticates by HTTP Basic, or by a signed assertion in the body.',
  consumes: ['application/x-www-form-urlencoded'],
  body: TokenRequestSchema,
  response: {
    200: json('An access token.', TokenSchema),
    400: json('The request, its grant type or its scope cannot be used.', OAuthErrorSchema),
    401: json('The client did not authenticate.', OAuthErrorSchema),
    500: json('An unexpected error.', OAuthErrorSchema),
    503: json('The store cannot be reached.', OAuthErrorSchema),
  },
}

const CERTS_SCHEMA = {
  tags: ['Tokens'],
  summary: 'The public keys that verify access tokens',
  response: { 200: json('A JWK set (RFC 7517).', { type: 'object' }, 'application/jwk-set+json') },
}

const DISCOVERY_SCHEMA = {
  tags: ['Tokens'],
  summary: 'What the token endpoint can do',
  response: { 200: json('Authorization server metadata (RFC 8414).', { type: 'object' }) },
}
