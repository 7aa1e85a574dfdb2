import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { connect } from '../../../src/store/sqlite/connect.ts'
import { draft } from '../contract/drafts.ts'
import { cleanUp, openAcme, openFile, storeFile } from './support.ts'

const SETTINGS = {
  journal_mode: 'wal',
  synchronous: 2,
  secure_delete: 1,
  foreign_keys: 1,
  page_size: 8192,
  trusted_schema: 0,
  busy_timeout: 10_000,
}

function settingsOf(db: DatabaseSync): object {
  const read = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
  return Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, read(name)]))
}

for (const queryOnly of [false, true]) {
  test(`a connection ${queryOnly ? 'that reads' : 'that writes'} has the settings of all`, async (t) => {
    const file = await storeFile(t)
    for (const which of ['of a new file', 'of one that exists']) {
      const db = connect(file, { queryOnly })
      cleanUp(t, () => db.close())
      assert.deepEqual(settingsOf(db), SETTINGS, which)
      const write = () => db.exec('CREATE TABLE IF NOT EXISTS t (x)')
      if (queryOnly) assert.throws(write, /readonly/)
    }
  })
}

test('connections are made in one place', () => {
  const root = new URL('../../../src/', import.meta.url)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const making = files.filter((file) => /new DatabaseSync\(/.test(readFileSync(new URL(file, root), 'utf8')))
  assert.deepEqual(making, [join('store', 'sqlite', 'connect.ts')])
})

test('what is replaced or removed is overwritten in the file', async (t) => {
  const { store, file } = await openAcme(t)
  const secret = 'a-secret-that-has-to-go'
  const client = { clientId: 'c', name: secret, scope: '', createdAt: 1 }
  await store.createClient('acme', client)
  await store.writeInteractions('acme', [
    draft({ customer: secret }),
    draft({ id: secret, customer: secret }),
  ])
  await store.close()
  const occurrences = () => readFileSync(file).toString('latin1').split(secret).length - 1
  assert.equal(occurrences(), 8)
  const again = await openFile(t, file)
  await again.removeClient('acme', 'c')
  await again.writeInteractions('acme', [draft({ customer: 'x' })])
  await again.close()
  // The other interaction: its id in the row and in two indexes, and its customer in the row and in an index.
  assert.equal(occurrences(), 5)
})

test('a NUL in an id cuts nothing off', async (t) => {
  const { store } = await openAcme(t)
  await store.writeInteractions('acme', [draft({ id: 'a' })])
  assert.equal(await store.getInteraction('acme', 'a\0'), undefined)
  assert.equal(await store.getInteraction('acme\0', 'a'), undefined)
  assert.equal(await store.getInteraction('acme\0other', 'a'), undefined)
  const use = (jti: string) => store.useAssertion('acme', 'c', { jti, expiresAt: 2, now: 1 })
  assert.deepEqual([await use('j'), await use('j\0'), await use('j\0x')], [true, true, true])
  await store.setSetting('text', 'a\0b')
  assert.equal(await store.getSetting('text'), 'a\0b')
})
