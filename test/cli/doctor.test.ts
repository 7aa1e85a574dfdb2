import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { clientOf } from './support/client.ts'
import { conversation, WINDOW } from './support/conversations.ts'
import { deploy, PUBLIC_URL } from './support/deployment.ts'
import { parlance, temporaryDirectory } from './support/process.ts'
import { runHere } from './support/run-here.ts'
import { startServer } from './support/server.ts'

interface Report {
  ok: boolean
  checks: { name: string; ok: boolean; detail: string; advice?: string }[]
}

/** What doctor says in JSON, and the names of the checks that failed. */
async function examine(args: string[], environment: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runHere(['doctor', '--json', ...args], environment)
  const report = JSON.parse(stdout) as Report
  const failed = report.checks.filter(({ ok }) => !ok)
  assert.equal(report.ok, failed.length === 0)
  assert.equal(code, report.ok ? 0 : 1)
  assert.equal(
    stderr,
    report.ok ? '' : `parlance: ${failed.length} of ${report.checks.length} checks failed.\n`,
  )
  return { report, failed, names: failed.map(({ name }) => name) }
}

test('a healthy store: every check is ok, and the exit code 0', async (t) => {
  const { database } = await deploy(t)
  const { code, stdout, stderr } = await parlance(t, ['doctor', ...database])
  assert.deepEqual([code, stderr], [0, ''])
  const lines = stdout.trimEnd().split('\n')
  for (const line of lines) assert.match(line, /^ok {4}[\w ]+: .+$/)
  const names = lines.map((line) => line.slice(6).split(':')[0])
  assert.deepEqual(names, [
    'configuration',
    'public URL',
    'master key',
    'store file',
    'store schema',
    'store durability',
    'store integrity',
    'disk space',
    'keys',
    'accounts',
    'erasures',
  ])
  const { report } = await examine(database)
  assert.deepEqual(
    report.checks.map(({ name }) => name),
    names,
  )
})

test('a file that others can read is told, with the command that puts it right', async (t) => {
  const { database, file } = await deploy(t)
  await chmod(file, 0o644)
  const { code, stdout, stderr } = await parlance(t, ['doctor', ...database])
  assert.equal(code, 1)
  assert.match(
    stdout,
    new RegExp(`\\nFAIL {2}store file: .*readable by others.*\\n +→ .*chmod 600 ${file}\\n`),
  )
  assert.equal(stderr, 'parlance: 1 of 11 checks failed.\n')
  await chmod(file, 0o600)
  assert.deepEqual((await examine(database)).names, [])
})

test('what is no store of ours is told, and left as it is', async (t) => {
  const directory = await temporaryDirectory(t)
  const text = `${directory}/notes.db`
  await writeFile(
    text,
    'Dear diary, this is no database at all, but it is long enough to be taken for one.\n'.repeat(20),
  )
  const other = `${directory}/other.db`
  const database = new DatabaseSync(other)
  database.exec('CREATE TABLE theirs (id)')
  database.close()
  for (const [url, says] of [
    [`sqlite:${text}`, /is not a database\. Name another file\./],
    [`sqlite:${other}`, /of another program\. Name another file\./],
    [`sqlite:${text}/below.db`, /^Cannot open .*: (ENOTDIR|EEXIST)\.$/],
  ] as const) {
    const { failed, names } = await examine(['--database', url])
    assert.deepEqual(names, ['store'])
    assert.match(String(failed[0]?.detail), says)
    const list = await runHere(['account', 'list', '--database', url])
    assert.deepEqual([list.code, list.stdout], [1, ''])
    assert.match(list.stderr.replace(/^parlance: /, '').trimEnd(), says)
  }
})

test('a bad configuration, a misspelt variable and a public URL in the clear are told', async (t) => {
  const { database } = await deploy(t)
  const bad = await examine([...database, '--listen', 'here'])
  assert.deepEqual(bad.names, ['configuration'])
  assert.match(String(bad.failed[0]?.detail), /^--listen: "here"/)
  const misspelt = await examine(database, { PARLANCE_LISEN: 'x' })
  assert.deepEqual(misspelt.names, ['environment'])
  assert.match(String(misspelt.failed[0]?.detail), /PARLANCE_LISEN/)
  const clear = await examine([...database, '--public-url', 'http://api.example'])
  assert.deepEqual(clear.names, ['public URL'])
  assert.match(String(clear.failed[0]?.advice), /https/)
  assert.deepEqual((await examine([...database, '--public-url', 'https://api.example'])).names, [])
})

test('a master key seals the keys of a store that has been served; what was given out stays good', async (t) => {
  const { database, directory, serverFlags, token } = await deploy(t)
  const key = randomBytes(32).toString('hex')
  const file = `${directory}/master.key`
  await writeFile(file, `${Buffer.from(key, 'hex').toString('base64')}\n`)

  const open = await startServer(t, serverFlags)
  const api = clientOf(open.url, token)
  for (const n of [1, 2]) await api.put(conversation(n))
  const link = (await api.page(`/interactions?${WINDOW.replace('500', '1')}`))._links.next?.href ?? ''
  await open.end('SIGTERM')

  const sealing = await startServer(t, serverFlags, { PARLANCE_MASTER_KEY: key })
  const sealed = clientOf(sealing.url, token)
  assert.equal((await sealed.page(link))._embedded.interactions[0]?.id, conversation(2).id)
  assert.ok(!sealing.log().includes(key))
  await sealing.end('SIGTERM')

  const list = await runHere(['keys', 'list', '--json', ...database])
  const { keys } = JSON.parse(list.stdout) as { keys: { sealed: boolean }[] }
  assert.deepEqual(
    keys.map((each) => each.sealed),
    [true, true],
  )
  // The same key from a file, in its other form.
  assert.deepEqual((await examine([...database, '--master-key-file', file])).names, [])
  assert.deepEqual((await examine(database, { PARLANCE_MASTER_KEY_FILE: file })).names, [])

  const missing = await examine(database)
  assert.deepEqual(missing.names, ['keys'])
  assert.match(
    String(missing.failed[0]?.detail),
    /sealed with a master key and none is given.*PARLANCE_MASTER_KEY/,
  )
  const wrong = await examine(database, { PARLANCE_MASTER_KEY: randomBytes(32).toString('hex') })
  assert.deepEqual(wrong.names, ['keys'])

  const refused = await parlance(t, [
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--public-url',
    PUBLIC_URL,
    ...database,
  ])
  assert.deepEqual([refused.code, refused.stdout], [1, ''])
  assert.match(refused.stderr, /^parlance: The keys in the store are sealed with a master key/)
})
