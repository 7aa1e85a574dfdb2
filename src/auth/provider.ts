import type { Adapter, AdapterPayload, Client, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { Store } from '../store/store.ts'
import { ASSERTION_TOLERANCE, assertionFault } from './assertion.ts'
import { accountOfClientId } from './ids.ts'
import type { Keyring } from './keyring.ts'
import { SIGNING_ALGORITHM } from './keys.ts'
import { accessClaims, TOKEN_LIFETIME_SECONDS } from './mint.ts'
import { SCOPES, scopesOf } from './scopes.ts'
import { checkSecret } from './secret.ts'

export type OidcProvider = typeof import('oidc-provider')
export type Provider = InstanceType<OidcProvider['Provider']>

export const TOKEN_PATH = '/oauth/token'
export const CERTS_PATH = '/oauth/certs'
/** RFC 8414. The library has it at this path, and nowhere else. */
export const DISCOVERY_PATH = '/.well-known/oauth-authorization-server'

/** How we hand a client's granted scopes to oidc-provider: its own `scope` must be among scopes it knows. */
const GRANTED_SCOPE = 'granted_scope'
const CLIENT_ALGORITHMS = ['ES256', 'RS256'] as const

export interface ProviderOptions {
  store: Store
  keyring: Keyring
  /** Issuer, audience of the tokens, and base of the endpoints. */
  publicUrl: string
  region: string
}

/** An oidc-provider that knows client credentials and nothing else, with the keys of this moment. */
export function createProvider(oidc: OidcProvider, options: ProviderOptions): Provider {
  const { keyring, publicUrl } = options
  const provider = new oidc.Provider(publicUrl, {
    adapter: (kind: string) => (kind === 'Client' ? clientAdapter(options.store) : nothingIsKept),
    jwks: { keys: keyring.signingKeys(Date.now()).map(({ privateJwk }) => privateJwk) },
    routes: { token: TOKEN_PATH, jwks: CERTS_PATH },
    scopes: Object.keys(SCOPES),
    responseTypes: [],
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: [...CLIENT_ALGORITHMS] },
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      id_token_signed_response_alg: SIGNING_ALGORITHM,
    },
    extraClientMetadata: { properties: [GRANTED_SCOPE] },
    clockTolerance: ASSERTION_TOLERANCE,
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
    // Browsers name an origin on every POST, on same-origin ones too. Cross-origin answers stay unreadable:
    // see guard.ts.
    clientBasedCORS: () => true,
    renderError: (ctx, out) => {
      ctx.body = out
    },
    features: features(oidc, options),
    formats: { customizers: { jwt: (_ctx, token, jwt) => setClaims(options, token.clientId, jwt) } },
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header, client) =>
      checkAssertion(oidc, options, claims, header, client),
  })
  // The store keeps hashes, which is why it says so here and not in the metadata.
  provider.Client.prototype.compareClientSecret = function compare(this: Client, secret: string) {
    return checkSecret(secret, this.clientSecret ?? '')
  }
  fixLocation(provider, publicUrl)
  return provider
}

/** Only the token endpoint: what oidc-provider turns on unasked is turned off. */
function features(oidc: OidcProvider, options: ProviderOptions): Configuration['features'] {
  const off = { enabled: false } as const
  return {
    clientCredentials: { enabled: true },
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    userinfo: off,
    resourceIndicators: {
      enabled: true,
      defaultResource: () => options.publicUrl,
      getResourceServerInfo: (ctx, resource, client) => {
        if (resource !== options.publicUrl) throw new oidc.errors.InvalidTarget()
        return resourceServer(oidc, options, ctx, client)
      },
    },
  }
}

/**
 * Called once the client is known and before its scopes are looked at. Adds what oidc-provider lacks: the
 * default scope, and errors for scopes that were not granted (it drops those that it does not know).
 */
function resourceServer(
  oidc: OidcProvider,
  { keyring, publicUrl }: ProviderOptions,
  ctx: KoaContextWithOIDC,
  client: Client,
) {
  if (ctx.oidc.body?.client_secret) {
    throw new oidc.errors.InvalidRequest('client authentication must only be provided using one mechanism')
  }
  const granted = scopesOf(String(client[GRANTED_SCOPE] ?? ''))
  const asked = ctx.oidc.params?.scope
  const scopes = typeof asked === 'string' ? scopesOf(asked) : granted
  if (scopes.length === 0) throw new oidc.errors.InvalidScope('no scope is granted to this client', '')
  if (!scopes.every((scope) => granted.includes(scope))) {
    throw new oidc.errors.InvalidScope('requested scope is not granted to this client', scopes.join(' '))
  }
  if (ctx.oidc.params !== undefined) ctx.oidc.params.scope = scopes.join(' ')
  return {
    scope: scopes.join(' '),
    audience: publicUrl,
    accessTokenTTL: TOKEN_LIFETIME_SECONDS,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: SIGNING_ALGORITHM as 'ES256', kid: keyring.signingKey().keyId } },
  }
}

function setClaims(
  { publicUrl, region }: ProviderOptions,
  clientId: string | undefined,
  jwt: { payload: Record<string, unknown> },
): void {
  const { jti, iat, exp, scope } = jwt.payload as { jti: string; iat: number; exp: number; scope: string }
  const accountId = accountOfClientId(clientId ?? '')
  if (clientId === undefined || accountId === undefined) throw new TypeError('a token without a client')
  const grant = { publicUrl, region, accountId, clientId, scopes: scopesOf(scope) }
  jwt.payload = accessClaims(grant, { jti, iat, exp })
}

async function checkAssertion(
  oidc: OidcProvider,
  { store, publicUrl }: ProviderOptions,
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  { clientId }: Client,
): Promise<void> {
  const assertion = { accountId: accountOfClientId(clientId) ?? '', clientId, header, claims }
  const audiences = [publicUrl, publicUrl + TOKEN_PATH]
  const fault = await assertionFault(store, assertion, audiences, Date.now())
  if (fault !== undefined) throw new oidc.errors.InvalidClientAuth(fault)
}

/**
 * oidc-provider takes its own address from the request, and accepts it as the audience of assertions: behind a
 * proxy it would be the wrong one, and whoever sends a request could choose it. It is the public URL, always.
 */
function fixLocation(provider: Provider, publicUrl: string): void {
  Object.defineProperty(provider.request, 'href', { get: () => publicUrl })
  Object.defineProperty(provider.context, 'mountPath', {
    value: new URL(publicUrl).pathname.replace(/\/$/, ''),
  })
}

/** Every token request looks the client up, so a removed one is refused at once. */
function clientAdapter(store: Store): Adapter {
  return {
    ...nothingIsKept,
    async find(clientId) {
      const accountId = accountOfClientId(clientId)
      const client = accountId === undefined ? undefined : await store.getClient(accountId, clientId)
      if (client === undefined) return undefined
      const common = { client_id: clientId, redirect_uris: [], [GRANTED_SCOPE]: client.scope }
      if (client.secretHash !== undefined) {
        return {
          ...common,
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: client.secretHash,
        } satisfies AdapterPayload
      }
      if (client.publicKey === undefined) return undefined
      const key = JSON.parse(client.publicKey)
      return {
        ...common,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: key.alg,
        jwks: { keys: [key] },
      } satisfies AdapterPayload
    },
  }
}

/** Our tokens are JWTs, used assertions are noted in the store by ourselves: nothing else is to be kept. */
const nothingIsKept: Adapter = {
  async find() {
    return undefined
  },
  async findByUid() {
    return undefined
  },
  async findByUserCode() {
    return undefined
  },
  async upsert() {},
  async consume() {},
  async destroy() {},
  async revokeByGrantId() {},
}
