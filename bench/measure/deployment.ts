import { hashSecret } from '../../src/auth/secret.ts'
import { openStore } from '../../src/store/open.ts'
import { type Server, startServer } from './process.ts'

/** As users start it, so that it is as small as theirs. */
const PARLANCE = new URL('../../bin/parlance.js', import.meta.url).pathname
const SECRET = 'bench'
const SCOPE = 'interactions-public:read interactions:write'
/** Milliseconds. A token lives for ten minutes, and a round for less than five. */
const TOKEN_AGE = 5 * 60 * 1000

/** Our server on a store. */
export interface Deployment {
  server: Server
  accounts: string[]
  /** The header with a token of an account. */
  authorization(account: string): Promise<{ authorization: string }>
  stop(): Promise<void>
}

/** Serves the store in `file`, with these accounts, which are created where they are missing. */
export function deploy(file: string, accounts: string[], workers = 1): Promise<Deployment> {
  return deployOn(`sqlite:${file}`, accounts, workers)
}

/** The same on the store that a URL names. */
export async function deployOn(database: string, accounts: string[], workers = 1): Promise<Deployment> {
  await createClients(database, accounts)
  const server = await startServer(PARLANCE, [
    'serve',
    ...['--listen', '127.0.0.1:PORT'],
    ...['--database', database],
    ...['--log-level', 'warn'],
    ...['--workers', String(workers)],
  ])
  const tokens = new Map<string, { token: string; since: number }>()
  return {
    server,
    accounts,
    async authorization(account) {
      let known = tokens.get(account)
      if (known === undefined || performance.now() - known.since > TOKEN_AGE) {
        known = { token: await tokenOf(server.url, account), since: performance.now() }
        tokens.set(account, known)
      }
      return { authorization: `Bearer ${known.token}` }
    },
    stop: server.stop,
  }
}

async function createClients(database: string, accounts: string[]): Promise<void> {
  const store = await openStore(database)
  for (const accountId of accounts) {
    await store.createAccount({ accountId, name: accountId, createdAt: 0 })
    const clientId = clientOf(accountId)
    if ((await store.getClient(accountId, clientId)) !== undefined) continue
    const secretHash = hashSecret(SECRET)
    await store.createClient(accountId, { clientId, name: 'Bench', scope: SCOPE, secretHash, createdAt: 0 })
  }
  await store.close()
}

function clientOf(account: string): string {
  return `${account}.bench`
}

async function tokenOf(url: string, account: string): Promise<string> {
  const basic = Buffer.from(`${clientOf(account)}:${SECRET}`).toString('base64')
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    // The last one was long ago: the server may be about to close a connection that was kept since then.
    headers: { authorization: `Basic ${basic}`, connection: 'close' },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  if (!answer.ok) throw new Error(`no token for ${account}: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { access_token: string }).access_token
}
