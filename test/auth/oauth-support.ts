import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { createIssuer } from '../../src/auth/issuer.ts'
import { type Keyring, openKeyring } from '../../src/auth/keyring.ts'
import { readPublicKey } from '../../src/auth/public-key.ts'
import { createVerifier, type Verify } from '../../src/auth/verify.ts'
import { handleErrors } from '../../src/http/errors.ts'
import { oauthRoutes } from '../../src/http/routes/oauth.ts'
import type { Store } from '../../src/store/store.ts'
import { type Cleanups, createAccount, createClient, createSecretClient, openTestStore } from './support.ts'

export const REGION = 'eu'
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const SCOPES = 'interactions-public:read interactions:write'

/** What the routes are composed with, and what the log was told. */
export interface TestServer {
  /** Where it listens; the public URL unless told otherwise. */
  url: string
  publicUrl: string
  store: Store
  keyring: Keyring
  verify: Verify
  app: FastifyInstance
  lines: { level: number; msg: string; [detail: string]: unknown }[]
}

/** A real Fastify on a real socket, with the OAuth routes and one route of the application beside them. */
export async function startServer(
  t: Cleanups,
  options: { publicUrl?: string; store?: Store; headers?: Record<string, string> } = {},
): Promise<TestServer> {
  const store = options.store ?? (await openTestStore(t))
  const keyring = await openKeyring(store, undefined, () => Date.now())
  const server = { url: '' }
  const publicUrl = () => options.publicUrl ?? server.url
  const verify = createVerifier({
    store,
    keyring,
    publicUrl,
    region: REGION,
    ownTokens: true,
    outsideIssuer: undefined,
  })
  const issuer = await createIssuer({ store, keyring, publicUrl, region: REGION })
  const lines: TestServer['lines'] = []
  const app = Fastify({
    logger: { level: 'info', stream: { write: (line) => lines.push(JSON.parse(line)) } },
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, ...options.headers })
  })
  handleErrors(app)
  oauthRoutes(app, { issuer })
  app.post('/echo', async (request) => request.body)
  t.after(() => app.close())
  server.url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: server.url, publicUrl: publicUrl(), store, keyring, verify, app, lines }
}

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const OTHER_EC = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A client of each kind, in an account of its own. */
export async function createClients(store: Store) {
  const accountId = await createAccount(store)
  const secret = await createSecretClient(store, accountId, SCOPES)
  const ec = await createKeyClient(store, accountId, EC)
  const rsa = await createKeyClient(store, accountId, RSA)
  const otherEc = await createKeyClient(store, accountId, OTHER_EC)
  return { accountId, secret, ec, rsa, otherEc }
}

export interface KeyClient {
  clientId: string
  privateKey: KeyObject
  kid: string
  alg: string
}

async function createKeyClient(
  store: Store,
  accountId: string,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
): Promise<KeyClient> {
  const key = await readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const clientId = await createClient(store, accountId, { publicKey: JSON.stringify(key) }, SCOPES)
  return { clientId, privateKey, kid: key.kid, alg: key.alg }
}

export function basic({ clientId, clientSecret }: { clientId: string; clientSecret: string }): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

export interface AssertionChanges {
  /** A claim or header that is undefined is left out. */
  claims?: object
  header?: object
  key?: KeyObject | Uint8Array
}

/** A client assertion as the contract has it, but for the changes. */
export function assertion(
  client: KeyClient,
  tokenUrl: string,
  changes: AssertionChanges = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const { clientId, kid, alg, privateKey } = client
  const claims = { iss: clientId, sub: clientId, aud: tokenUrl, jti: randomUUID(), iat: now, exp: now + 60 }
  return new SignJWT({ ...claims, ...changes.claims })
    .setProtectedHeader({ alg, kid, ...changes.header })
    .sign(changes.key ?? privateKey)
}

/** An answer that refuses, in OAuth's form and with the headers that it must have. */
export function assertRefused(answer: Answer, status: number, error: string): void {
  assert.deepEqual([answer.status, answer.body.error], [status, error])
  assert.deepEqual(Object.keys(answer.body), ['error', 'error_description'])
  assert.match(String(answer.body.error_description), /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  assert.match(String(answer.headers.get('content-type')), /^application\/json/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const challenge = answer.headers.get('www-authenticate')
  if (status === 401) assert.match(String(challenge), /^Basic realm="/)
  else assert.equal(challenge, null)
}

export interface Answer {
  status: number
  headers: Headers
  body: Record<string, string>
}

export type Form = Record<string, string | undefined> | [string, string][]

/** Asks for a token; `form` beside the grant type. */
export async function askToken(
  url: string,
  form: Form,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const given = Array.isArray(form) ? form : Object.entries({ grant_type: 'client_credentials', ...form })
  const pairs = given.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(pairs),
    headers,
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, string>,
  }
}
