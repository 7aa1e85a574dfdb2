import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { StoreUnusable } from '../../../src/store/errors.ts'
import { locationOf, readAddress } from '../../../src/store/postgres/url.ts'
import { temporaryDirectory } from '../sqlite/support.ts'

test('a URL names host, port, user, password and database, and what is missing is the usual', () => {
  assert.deepEqual(readAddress('postgres://ann:p%40ss@db.example:5433/calls'), {
    host: 'db.example',
    port: 5433,
    user: 'ann',
    password: 'p@ss',
    database: 'calls',
    ssl: false,
  })
  const bare = readAddress('postgresql://ann@localhost')
  assert.deepEqual([bare.port, bare.database, bare.password], [5432, 'ann', undefined])
  const least = readAddress('postgres:///x')
  assert.deepEqual([least.host, least.user], ['localhost', userInfo().username])
  assert.equal(readAddress('postgres://ann@[::1]:5433/x').host, '::1')
  for (const url of ['postgres://ann@%2Frun%2Fpg/x', 'postgres://ann@localhost/x?host=/run/pg']) {
    assert.equal(readAddress(url).host, '/run/pg')
  }
})

test('a location is told without user and password', () => {
  const location = (url: string) => locationOf(readAddress(url))
  assert.equal(location('postgres://ann:secret@db/calls'), 'postgres://db:5432/calls')
  assert.equal(location('postgres://ann:secret@[::1]/calls'), 'postgres://[::1]:5432/calls')
  assert.equal(location('postgres://ann:secret@x/calls?host=/run/pg'), 'postgres:///calls?host=/run/pg')
})

test('sslmode decides what is verified', async (t) => {
  const root = join(await temporaryDirectory(t), 'root.crt')
  await writeFile(root, 'certificate')
  const tls = (query: string) => {
    const { ssl } = readAddress(`postgres://ann@db/calls?${query}`)
    if (ssl === false) return 'none'
    const name = ssl.checkServerIdentity === undefined ? 'name' : 'any name'
    return `${ssl.rejectUnauthorized === false ? 'unverified' : name}${ssl.ca === undefined ? '' : ` ${ssl.ca}`}`
  }
  assert.equal(tls('sslmode=disable'), 'none')
  assert.equal(tls('sslmode=require'), 'unverified')
  assert.equal(tls(`sslmode=require&sslrootcert=${root}`), 'any name certificate')
  assert.equal(tls(`sslmode=verify-ca&sslrootcert=${root}`), 'any name certificate')
  assert.equal(tls('sslmode=verify-full'), 'name')
  assert.equal(tls('sslmode=verify-full&sslrootcert=system'), 'name')
  assert.equal(tls(`sslmode=verify-full&sslrootcert=${root}`), 'name certificate')
})

test('what is not understood is refused, without what is secret', () => {
  const wrong = [
    'postgres:',
    'mysql://ann:secret@db/x',
    'postgres://ann:secret@db/x?sslmode=prefer',
    'postgres://ann:secret@db/x?sslmode=verify',
    'postgres://ann:secret@db/x?sslmode=verify-ca&sslrootcert=/missing/root.crt',
    'postgres://ann:secret@db/x?options=-csearch_path%3Dy',
    'postgres://ann:secret%@db/x',
    'postgres://ann:secret@db:port/x',
  ]
  for (const url of wrong) {
    assert.throws(
      () => readAddress(url),
      (error) => error instanceof StoreUnusable && !error.message.includes('secret'),
      url,
    )
  }
})
