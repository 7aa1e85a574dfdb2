import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { migrations } from '../../src/store/postgres/migrate.ts'
import { createDatabase } from '../store/postgres/databases.ts'
import { temporaryDirectory } from './support/process.ts'
import { runHere } from './support/run-here.ts'

const VERSIONS = migrations().map(({ version }) => version)

test('a database is refused until it is migrated, and then served like any other', async () => {
  const database = ['--database', await createDatabase({ empty: true })]
  const before = await runHere(['account', 'list', ...database])
  assert.equal(before.code, 1)
  assert.match(before.stderr, /^parlance: postgres:.* schema is missing .*Run: parlance migrate\n$/)

  const first = await runHere(['migrate', '--json', ...database])
  assert.equal(first.code, 0, first.stderr)
  assert.deepEqual(JSON.parse(first.stdout).applied, VERSIONS)
  const again = await runHere(['migrate', ...database])
  assert.equal(again.code, 0, again.stderr)
  assert.match(again.stdout, /: up to date\n$/)

  const created = await runHere(['account', 'create', 'Acme', '--json', ...database])
  assert.equal(created.code, 0, created.stderr)
  const { account_id } = JSON.parse(created.stdout)
  const listed = await runHere(['account', 'list', '--json', ...database])
  assert.ok(listed.stdout.includes(account_id))
})

test('doctor tells of the server, its schema, its clock and its durability', async () => {
  const { code, stdout, stderr } = await runHere(['doctor', '--database', await createDatabase()])
  // A server that the tests start themselves does not wait for its disk.
  const weak = stdout.includes('fsync off')
  assert.equal(code, weak ? 1 : 0, stderr + stdout)
  assert.equal(stdout.includes('switch all of them on'), weak, stdout)
  for (const part of [
    'PostgreSQL 1',
    `version ${VERSIONS.at(-1)}`,
    'encoding UTF8',
    'store clock',
    'fsync',
    'without Citus',
  ]) {
    assert.ok(stdout.includes(part), `${part}: ${stdout}`)
  }
})

test('no output repeats a password, of the URL or of the file', async (t) => {
  const secret = 'hunter2hunter2'
  const file = join(await temporaryDirectory(t), 'password')
  await writeFile(file, `${secret}\n`)
  const attempts = [
    ['account', 'list', '--database', `postgres://user:${secret}@127.0.0.1:1/name`],
    ['doctor', '--database', `postgres://user:${secret}@127.0.0.1:1/name`],
    ['migrate', '--database', `postgres://user:${secret}@127.0.0.1:1/name?what=1`],
    ['migrate', '--database', `postgres://user:${secret}%zz@127.0.0.1:1/name`],
    ['account', 'list', '--database', 'postgres://user@127.0.0.1:1/name', '--password-file', file],
  ]
  for (const argv of attempts) {
    const { code, stdout, stderr } = await runHere(argv)
    assert.equal(code, 1)
    assert.notEqual(stdout + stderr, '')
    assert.ok(!`${stdout}${stderr}`.includes(secret), stderr)
  }
})
