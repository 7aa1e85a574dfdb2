import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { answers, end, guarded, ownerOfServers, ownFolder } from './server.ts'

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(existsSync)

/** Why there is no PgBouncer to test with; false where there is one. */
export const NO_PGBOUNCER =
  PROGRAM === undefined && 'PgBouncer is not installed (Debian: apt-get install pgbouncer)'

/** Part of the name of its socket; it listens nowhere else. */
const PORT = 6432

export interface PgBouncer {
  /** The URL of a database by way of it. */
  through(url: string): string
  /** Ends it for good. */
  stop(): Promise<void>
  /** Ends it, and with it every connection. */
  cut(): Promise<void>
  /** Starts it again in the same place. */
  restart(): Promise<void>
}

/**
 * A PgBouncer in transaction mode before the server of a URL, with three connections to each database there, however many
 * it has on this side. All else is as it comes, but for `settings`, a line each.
 */
export async function startPgBouncer(url: string, settings: string[] = []): Promise<PgBouncer> {
  const owner = ownerOfServers()
  const folder = ownFolder(mkdtempSync(join(tmpdir(), 'parlance-pgbouncer-')), owner)
  const { host, port, user, password } = readAddress(url)
  const lines = [
    '[databases]',
    `* = host=${host} port=${port} user=${user}${password === undefined ? '' : ` password='${password}'`}`,
    '[pgbouncer]',
    `unix_socket_dir = ${folder}`,
    `listen_port = ${PORT}`,
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 3',
    'max_client_conn = 200',
    ...settings,
  ]
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, lines.join('\n'), { mode: 0o644 })
  function through(given: string): string {
    const other = new URL(given)
    other.host = `localhost:${PORT}`
    other.search = `?host=${folder}`
    return other.href
  }
  const start = async () => {
    const child = guarded(folder, [PROGRAM as string, '--quiet', file], owner, 'TERM')
    await answers(through(url), join(folder, 'log'))
    return child
  }
  let child = await start()
  return {
    through,
    stop: () => end(child),
    cut: () => end(child, folder),
    async restart() {
      child = await start()
    },
  }
}
