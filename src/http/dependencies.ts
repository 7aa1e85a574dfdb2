import type { FastifyBaseLogger } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import type { Issuer } from '../auth/issuer.ts'
import type { Keyring } from '../auth/keyring.ts'
import type { Verify } from '../auth/verify.ts'
import type { Config } from '../config.ts'
import type { Watch } from '../feed/watch.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from './plugins/metrics.ts'
import type { Whole } from './whole.ts'

/** What the routes work with. */
export interface Dependencies {
  config: Config
  store: Store
  keyring: Keyring
  verify: Verify
  /** Absent where the deployment gives out no tokens of its own. */
  issuer: Issuer | undefined
  /** The base of every link, without a slash at the end; known once the server listens. */
  publicUrl(): string
  /** Milliseconds since 1970. */
  now(): number
  logger: FastifyBaseLogger
  /** Where it is recorded who read, wrote and erased what; absent where nobody wants to know. */
  audit?: Pick<Audit, 'record'>
  /** Goes on with an account's erasures at once; absent where nothing is erased in the background. */
  eraser?: { wake(accountId: string): void }
  /** Made by the application where they are absent. */
  metrics?: Metrics
  watch?: Watch
  /** Of a worker; absent in a process that serves alone. */
  whole?: Whole
}
