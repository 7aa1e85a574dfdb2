import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chownSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import type { DatabaseOptions } from '../../../src/config.ts'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { booleanIn, textIn } from '../../../src/store/postgres/wire/decode.ts'
import { until } from '../../http/support.ts'
import { cleanUp, temporaryDirectory } from '../sqlite/support.ts'
import { type Certificate, makeAuthority, makeCertificate, NO_OPENSSL } from './certificates.ts'
import { runOn, startServer } from './server.ts'

describe('TLS', { skip: NO_OPENSSL }, () => {
  let port = 0
  let authority: Certificate
  let stranger: Certificate
  let client: Certificate
  let impostor: Certificate

  before(async () => {
    port = await freePort()
    const server = await startServer((folder) => {
      authority = makeAuthority(folder, 'authority')
      stranger = makeAuthority(folder, 'stranger')
      client = makeCertificate(folder, authority, 'app')
      impostor = makeCertificate(folder, authority, 'somebody')
      const own = makeCertificate(folder, authority, 'server', ['localhost'])
      const rules = join(folder, 'pg_hba.conf')
      // By network only over TLS: `app` with a certificate, `ann` with a password, all others without.
      const lines = [
        'local all all trust',
        'hostssl all app 127.0.0.1/32 cert',
        'hostssl all ann 127.0.0.1/32 scram-sha-256',
        'hostssl all postgres 127.0.0.1/32 trust',
      ]
      writeFileSync(rules, `${lines.join('\n')}\n`)
      const { uid, gid } = statSync(folder)
      for (const file of [rules, own.key, own.certificate, authority.certificate]) chownSync(file, uid, gid)
      const files = [`ssl_cert_file=${own.certificate}`, `ssl_key_file=${own.key}`]
      const trust = [`ssl_ca_file=${authority.certificate}`, `hba_file=${rules}`]
      return ['ssl=on', ...files, ...trust, 'listen_addresses=127.0.0.1', `port=${port}`]
    })
    const socket = server.url('postgres')
    await runOn(socket, 'CREATE ROLE app LOGIN', `CREATE ROLE ann LOGIN PASSWORD 'right'`)
  })

  const url = (who: string, host: string, parameters: Record<string, string>) =>
    `postgres://${who}@${host}:${port}/postgres?${new URLSearchParams(parameters)}`

  /** Connects, and gives how. */
  async function connect(
    t: TestContext,
    to: string,
    options: Partial<DatabaseOptions> = {},
  ): Promise<string> {
    const database = open(t, to, options)
    const { rows } = await database.run(
      sql('SELECT ssl, coalesce(version, $1) FROM pg_stat_ssl WHERE pid = pg_backend_pid()', ''),
    )
    const [ssl, version] = rows[0] ?? []
    return booleanIn(ssl) ? textIn(version) : 'in the clear'
  }

  test('each mode that encrypts does', async (t) => {
    const sslrootcert = authority.certificate
    for (const [host, parameters] of [
      ['127.0.0.1', { sslmode: 'require' }],
      ['127.0.0.1', { sslmode: 'require', sslrootcert }],
      ['127.0.0.1', { sslmode: 'verify-ca', sslrootcert }],
      ['localhost', { sslmode: 'verify-full', sslrootcert }],
    ] as const) {
      assert.match(await connect(t, url('postgres', host, parameters)), /^TLSv1\.[23]$/, parameters.sslmode)
    }
  })

  test('a server that is not who it should be is refused with a sentence', async (t) => {
    for (const [host, parameters] of [
      ['localhost', { sslmode: 'verify-full', sslrootcert: stranger.certificate }],
      ['127.0.0.1', { sslmode: 'verify-ca', sslrootcert: stranger.certificate }],
      ['127.0.0.1', { sslmode: 'require', sslrootcert: stranger.certificate }],
      ['127.0.0.1', { sslmode: 'verify-full', sslrootcert: authority.certificate }],
      ['localhost', { sslmode: 'verify-full' }],
      ['localhost', { sslmode: 'verify-full', sslrootcert: 'system' }],
    ] as const) {
      await assert.rejects(connect(t, url('postgres', host, parameters)), refused(/TLS failed: /))
    }
  })

  test('a client shows its certificate, and is refused without it or with another', async (t) => {
    const verified = { sslmode: 'verify-full', sslrootcert: authority.certificate }
    const as = ({ certificate, key }: Certificate) => ({ ...verified, sslcert: certificate, sslkey: key })
    assert.match(await connect(t, url('app', 'localhost', as(client))), /^TLS/)
    await assert.rejects(connect(t, url('app', 'localhost', verified)), refused(/refuses this user/))
    await assert.rejects(connect(t, url('app', 'localhost', as(impostor))), refused(/refuses this user/))
  })

  test('a server that wants TLS refuses others, and one without it is refused', async (t) => {
    await assert.rejects(
      connect(t, url('postgres', '127.0.0.1', { sslmode: 'disable' })),
      refused(/refuses this user/),
    )
    await assert.rejects(connect(t, url('postgres', '127.0.0.1', {})), refused(/refuses this user/))
    const plain = await plainServer(t)
    await assert.rejects(
      connect(t, `postgres://postgres@127.0.0.1:${plain}/x?sslmode=require`),
      refused(/TLS failed: The server does not support SSL/),
    )
  })

  test('a password comes from the file, which may change, and a wrong one is refused', async (t) => {
    const passwordFile = join(await temporaryDirectory(t), 'password')
    const to = url('ann', 'localhost', { sslmode: 'verify-full', sslrootcert: authority.certificate })
    writeFileSync(passwordFile, 'wrong\n')
    await assert.rejects(connect(t, to, { passwordFile }), refused(/refuses this user or this password/))
    const database = open(t, to, { passwordFile })
    writeFileSync(passwordFile, 'right\n')
    await database.run(sql('SELECT 1'))
    // While a server runs, a file that has gone is something that somebody is about to mend.
    const opened = open(t, to, { passwordFile: `${passwordFile}.gone` })
    opened.opened()
    await assert.rejects(opened.run(sql('SELECT 1')), (error: Error) => {
      assert.ok(error instanceof StoreUnavailable)
      assert.match(error.message, /^Cannot read the database's password from .*\.gone: ENOENT\.$/)
      return true
    })
  })

  test('a read that takes too long ends on the server over TLS, too', { timeout: 60_000 }, async (t) => {
    const to = url('postgres', 'localhost', { sslmode: 'verify-full', sslrootcert: authority.certificate })
    const asking = open(t, to)
    const database = open(t, to, { statementTimeout: 300 })
    await assert.rejects(database.run(sql(`SELECT pg_sleep(3600)::text`)), /took too long/)
    const ended = `SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'`
    await until(async () => booleanIn((await asking.run(sql(ended))).rows[0]?.column(0)))
  })
})

function open(
  t: TestContext,
  to: string,
  options: Partial<DatabaseOptions> = {},
): Database & { opened(): void } {
  const database = openDatabase(readAddress(to), { ...DEFAULTS, ...options })
  cleanUp(t, () => database.close())
  return database
}

function refused(message: RegExp) {
  return (error: Error) => {
    assert.ok(error instanceof StoreUnusable, `${error.name}: ${error.message}`)
    assert.match(error.message, message)
    return true
  }
}

test('a connection that fails on our side does not stay open', { timeout: 20_000 }, async (t) => {
  const left = Promise.withResolvers<void>()
  // Asks for a password, and waits for it as long as PostgreSQL does, or longer.
  const server = createServer((socket) => {
    socket.once('data', () => socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])))
    socket.on('error', () => {}).on('close', () => left.resolve())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp(t, () => server.close())
  const { port } = server.address() as AddressInfo
  const database = open(t, `postgres://ann@127.0.0.1:${port}/x`, { passwordFile: '/missing/password' })
  await assert.rejects(database.run(sql('SELECT 1')), /Cannot read the database's password/)
  await left.promise
})

/** Says of every connection, as PostgreSQL does, that there is no TLS. */
async function plainServer(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end('N')))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp(t, () => server.close())
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
