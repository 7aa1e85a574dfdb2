import type { FastifyBaseLogger } from 'fastify'
import type { Issuer } from '../auth/issuer.ts'
import type { Keyring } from '../auth/keyring.ts'
import type { Verify } from '../auth/verify.ts'
import type { Config } from '../config.ts'
import type { Store } from '../store/store.ts'
import type { Recorder } from './plugins/audit.ts'
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
  /** Where it is told who read, wrote and erased what; absent where nobody wants to know. */
  audit?: Recorder
  /** Who goes on with erasures; absent where nobody does here. */
  eraser?: Eraser
  /** Of a worker; absent in a process that serves alone. */
  whole?: Whole
}

export interface Eraser {
  /** The account has an erasure to be gone on with. */
  wake(accountId: string): void
}
