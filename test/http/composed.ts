import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { createIssuer } from '../../src/auth/issuer.ts'
import { openKeyring } from '../../src/auth/keyring.ts'
import { createVerifier } from '../../src/auth/verify.ts'
import { buildApp } from '../../src/http/app.ts'
import type { Dependencies } from '../../src/http/dependencies.ts'
import type { TestServer } from '../fixtures/server.ts'

/** The application on the store of a server, composed as `start` does it, for what a running one does not show. */
export async function composedApp(
  { store, config, url }: TestServer,
  more: Partial<Dependencies> = {},
): Promise<FastifyInstance> {
  const keyring = await openKeyring(store, config.masterKey)
  const common = { store, keyring, publicUrl: () => url, region: config.region, ownTokens: true }
  const verify = createVerifier({ ...common, outsideIssuer: undefined })
  const issuer = await createIssuer(common)
  return buildApp({
    ...common,
    config,
    verify,
    issuer,
    now: Date.now,
    logger: pino({ enabled: false }),
    ...more,
  })
}
