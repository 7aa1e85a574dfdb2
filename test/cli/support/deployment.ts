import { newClientId, newClientSecret } from '../../../src/auth/ids.ts'
import { openKeyring } from '../../../src/auth/keyring.ts'
import { mintAccessToken } from '../../../src/auth/mint.ts'
import { SCOPES } from '../../../src/auth/scopes.ts'
import { hashSecret } from '../../../src/auth/secret.ts'
import { openStore } from '../../../src/store/open.ts'
import { type Cleanups, temporaryDirectory } from './process.ts'

/** The public URL of servers that change their port, so that tokens and links outlive them. */
export const PUBLIC_URL = 'http://parlance.example'
export const ACCOUNT = 'acme'

/** A store with one account and one client, and a token for `PUBLIC_URL`, made without any process. */
export interface Deployment {
  directory: string
  file: string
  /** `--database …`. */
  database: [string, string]
  /** The flags of a server for which the token is good. */
  serverFlags: string[]
  clientId: string
  clientSecret: string
  token: string
}

export async function deploy(t: Cleanups): Promise<Deployment> {
  const directory = await temporaryDirectory(t)
  const file = `${directory}/parlance.db`
  const url = `sqlite:${file}`
  const clientId = newClientId(ACCOUNT)
  const clientSecret = newClientSecret()
  const scopes = Object.keys(SCOPES)
  const store = await openStore(url)
  try {
    await store.createAccount({ accountId: ACCOUNT, name: 'Acme', createdAt: 0 })
    const secretHash = hashSecret(clientSecret)
    const client = { clientId, name: 'test', scope: scopes.join(' '), secretHash, createdAt: 0 }
    await store.createClient(ACCOUNT, client)
    const keyring = await openKeyring(store, undefined)
    const grant = { publicUrl: PUBLIC_URL, region: 'local', accountId: ACCOUNT, clientId, scopes }
    const token = await mintAccessToken({ ...grant, keyring, lifetimeSeconds: 3600, now: Date.now() })
    const database: [string, string] = ['--database', url]
    return {
      directory,
      file,
      database,
      serverFlags: [...database, '--public-url', PUBLIC_URL],
      clientId,
      clientSecret,
      token,
    }
  } finally {
    await store.close()
  }
}
