import { CERTS_PATH, DISCOVERY_PATH, TOKEN_PATH } from '../auth/provider.ts'
import { SCOPES } from '../auth/scopes.ts'

/** What the OpenAPI document says of the token endpoints beside the shapes, which their routes give. */

const ISSUER = 'https://parlance.example.com'
const SCOPE = 'interactions-public:read interactions:write'

const NO_STORE = {
  'Cache-Control': { schema: { type: 'string', examples: ['no-store'] }, description: 'Nobody keeps it.' },
}
const CHALLENGE = {
  'WWW-Authenticate': {
    schema: { type: 'string', examples: [`Basic realm="${ISSUER}"`] },
    description: 'How a client authenticates.',
  },
}
const RETRY = {
  'Retry-After': { schema: { type: 'integer', examples: [1] }, description: 'Seconds to wait.' },
}

function error(error: string, error_description: string) {
  return { summary: error_description, value: { error, error_description } }
}

function errors(examples: Record<string, object>, headers: object = {}) {
  return { headers: { ...NO_STORE, ...headers }, content: { 'application/json': { examples } } }
}

const requestToken = {
  operationId: 'requestToken',
  description:
    'OAuth 2.0 client credentials (RFC 6749, 4.4). The client authenticates by HTTP Basic with its id and secret, ' +
    'or by an assertion that it signs with its own key (RFC 7523): `iss` and `sub` the client id, `aud` the URL of ' +
    'this endpoint, `jti`, `iat`, and `exp` five minutes on at most; an assertion works once. The account is that of ' +
    'the client. Keep the token until shortly before it expires, and use it for every request.',
  security: [{ client: [] }, {}],
  requestBody: {
    content: {
      'application/x-www-form-urlencoded': {
        examples: {
          secret: {
            summary: 'With HTTP Basic',
            value: { grant_type: 'client_credentials', scope: SCOPE },
          },
          assertion: {
            summary: 'With a signed assertion',
            value: {
              grant_type: 'client_credentials',
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: 'eyJhbGciOiJFUzI1NiIsImtpZCI6Im15LWtleSJ9.eyJpc3MiOiLigKYifQ.c2lnbmF0dXJl',
            },
          },
        },
      },
    },
  },
  responses: {
    200: {
      headers: NO_STORE,
      content: {
        'application/json': {
          example: {
            access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJhaWQiOiJhY21lIn0.c2lnbmF0dXJl',
            expires_in: 600,
            scope: SCOPE,
            token_type: 'Bearer',
          },
        },
      },
    },
    400: errors({
      scope: error('invalid_scope', 'requested scope is not granted to this client'),
      grantType: error('unsupported_grant_type', 'unsupported grant type requested'),
    }),
    401: errors({ client: error('invalid_client', 'client authentication failed') }, CHALLENGE),
    500: errors({ fault: error('server_error', 'An unexpected error has occurred. Contact support.') }),
    503: errors(
      {
        store: error('temporarily_unavailable', 'The server cannot reach its store. Try again.'),
      },
      RETRY,
    ),
  },
}

const listKeys = {
  operationId: 'listKeys',
  description: 'For services that verify access tokens themselves. A new key is here before it is used.',
  responses: {
    200: {
      content: {
        'application/jwk-set+json': {
          example: {
            keys: [
              {
                kty: 'EC',
                use: 'sig',
                kid: 'cpbma55ank4dyo2d',
                alg: 'ES256',
                crv: 'P-256',
                x: 'WHZWp_5MqFJyHtBi5ZFWs99vCYjRvMobvz5N0cHPZ8M',
                y: 'M2pdJChaLLxmV-bBXpqFeYDuRMDNb2YHTvPDBTKQd50',
              },
            ],
          },
        },
      },
    },
  },
}

const describeTokens = {
  operationId: 'describeTokens',
  description: 'Authorization server metadata (RFC 8414): where the endpoints are, and what they take.',
  responses: {
    200: {
      content: {
        'application/json': {
          example: {
            issuer: ISSUER,
            token_endpoint: ISSUER + TOKEN_PATH,
            jwks_uri: ISSUER + CERTS_PATH,
            grant_types_supported: ['client_credentials'],
            response_types_supported: [],
            token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
            token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
            scopes_supported: Object.keys(SCOPES),
          },
        },
      },
    },
  },
}

/** By path and method, as in the document. */
export const TOKEN_OPERATIONS = {
  [TOKEN_PATH]: { post: requestToken },
  [CERTS_PATH]: { get: listKeys },
  [DISCOVERY_PATH]: { get: describeTokens },
}
