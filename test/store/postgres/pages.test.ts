import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { StoreUnusable } from '../../../src/store/errors.ts'
import { migrateStore } from '../../../src/store/migrate.ts'
import { openStore } from '../../../src/store/open.ts'
import { ALWAYS, draft, NOON, textsOf } from '../contract/drafts.ts'
import { cleanUp } from '../sqlite/support.ts'
import { createDatabase } from './databases.ts'
import { startServer } from './server.ts'

/** Reads pages of all sizes, several at once, and gives the memory of each back as the server does. */
async function readAndFree(t: TestContext, url: string): Promise<void> {
  const store = await openStore(url)
  cleanUp(t, () => store.close())
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  const sizes = [10, 400, 3000, 30_000, 90_000]
  const drafts = Array.from({ length: 60 }, (_, n) =>
    draft({
      id: `i${n}`,
      at: NOON + n,
      text: randomBytes(sizes[n % sizes.length] as number).toString('base64'),
    }),
  )
  await store.writeInteractions('acme', drafts)
  const texts = drafts.map(({ json }) => json)
  async function page(limit: number): Promise<void> {
    const listing = await store.listInteractions('acme', { window: ALWAYS, limit, maxBytes: 4_000_000 })
    assert.deepEqual(textsOf(listing), texts.slice(0, limit))
    listing.free()
  }
  for (let n = 0; n < 4; n += 1) {
    await Promise.all([page(1), page(7), page(50), page(500), store.getStanding('acme', 'x'), page(50)])
  }
}

test('pages whose memory is given back leave all others as they are', async (t) => {
  await readAndFree(t, await createDatabase())
})

test('so do pages that came over TLS, and the certificate is verified', { timeout: 120_000 }, async (t) => {
  if (spawnSync('openssl', ['version']).status !== 0)
    return t.skip('there is no openssl to make a certificate')
  const port = await freePort()
  let certificate = ''
  const server = await startServer((folder) => {
    certificate = join(folder, 'server.crt')
    const key = join(folder, 'server.key')
    makeCertificate(key, certificate)
    const { uid, gid } = statSync(folder)
    for (const file of [key, certificate]) chownSync(file, uid, gid)
    const files = [`ssl_cert_file=${certificate}`, `ssl_key_file=${key}`]
    return ['ssl=on', ...files, 'listen_addresses=127.0.0.1', `port=${port}`]
  })
  cleanUp(t, () => server.stop())
  const url = (host: string, query: string) => `postgres://postgres@${host}:${port}/postgres?${query}`
  const verified = `sslmode=verify-full&sslrootcert=${certificate}`
  await migrateStore(url('localhost', verified))
  await readAndFree(t, url('localhost', verified))
  const anyName = await openStore(url('127.0.0.1', `sslmode=verify-ca&sslrootcert=${certificate}`))
  await anyName.close()
  const refused = (error: Error) => error instanceof StoreUnusable && /TLS failed/.test(error.message)
  await assert.rejects(openStore(url('127.0.0.1', verified)), refused)
  await assert.rejects(openStore(url('localhost', 'sslmode=verify-full')), refused)
})

function makeCertificate(key: string, certificate: string): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', key, '-out', certificate]
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'pipe' })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
