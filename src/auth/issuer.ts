import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Store } from '../store/store.ts'
import { answerFault, guard, type IssuerLog } from './guard.ts'
import type { Keyring } from './keyring.ts'
import { createProvider, type OidcProvider, type Provider } from './provider.ts'

export interface IssuerOptions {
  store: Store
  keyring: Keyring
  /** Base URL, without a slash at the end; known only once the server listens. */
  publicUrl: () => string
  region: string
}

/** The token endpoint, its keys and its description, as one handler of plain requests and responses. */
export interface Issuer {
  /** Answers the request, whose body must not have been read. Resolves when it is answered. */
  handle(request: IncomingMessage, response: ServerResponse, log: IssuerLog): Promise<void>
}

export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const oidc = await importOidcProvider()
  const logs = new WeakMap<IncomingMessage, IssuerLog>()
  let current: { handler: ReturnType<Provider['callback']>; madeFor: string } | undefined

  /** A provider holds its keys for good, so new keys need a new one. */
  async function currentHandler() {
    const { keyring } = options
    await keyring.keepFresh()
    const publicUrl = options.publicUrl()
    const keyIds = keyring.signingKeys(Date.now()).map(({ keyId }) => keyId)
    const madeFor = [publicUrl, ...keyIds].join(' ')
    if (current?.madeFor !== madeFor) {
      const provider = createProvider(oidc, { ...options, publicUrl })
      guard(provider, (request) => logs.get(request))
      current = { handler: provider.callback(), madeFor }
    }
    return current.handler
  }

  return {
    async handle(request, response, log) {
      logs.set(request, log)
      try {
        const handler = await currentHandler()
        await handler(request, response)
      } catch (error) {
        log.error({ err: error }, 'the token endpoint failed')
        answerFault(response, error)
      }
    },
  }
}

/**
 * Loaded only where an issuer is made: it takes a third of a second, which commands need not spend. It warns of
 * every Node that is no long-term release; ours is pinned, and the two are tested together.
 */
async function importOidcProvider(): Promise<OidcProvider> {
  const { warn } = console
  console.warn = (...message: unknown[]) => {
    if (!String(message[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...message)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
