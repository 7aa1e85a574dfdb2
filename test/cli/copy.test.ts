import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { openStoreAsItIs } from '../../src/store/open.ts'
import { COPYING } from '../../src/store/store.ts'
import { createDatabase } from '../store/postgres/databases.ts'
import { clientOf } from './support/client.ts'
import { conversations, ndjson, WINDOW } from './support/conversations.ts'
import { ACCOUNT, type Deployment, deploy } from './support/deployment.ts'
import {
  MAIN,
  parlance,
  parlanceJson,
  plainEnvironment,
  start,
  temporaryDirectory,
} from './support/process.ts'
import { runHere } from './support/run-here.ts'
import { startServer } from './support/server.ts'
import { NO_TERMINAL, parlanceOnTerminal } from './support/terminal.ts'

interface Copied {
  interactions: number
  written: number
  checksum: string
}

async function imported(t: TestContext, count: number): Promise<Deployment> {
  const deployment = await deploy(t)
  const file = `${deployment.directory}/in.ndjson`
  await writeFile(file, ndjson(conversations(count)))
  await parlanceJson(t, ['import', file, '--account', ACCOUNT, ...deployment.database])
  return deployment
}

test('after the move tokens and links given out before it work', async (t) => {
  const deployment = await imported(t, 300)
  const [, from] = deployment.database
  const to = await createDatabase()
  const before = await startServer(t, deployment.serverFlags)
  const query = WINDOW.replace('500', '100')
  const first = await clientOf(before.url, deployment.token).page(`/conversations/interactions?${query}`)
  const next = first._links.next?.href ?? ''
  const second = await clientOf(before.url, deployment.token).page(next)
  await before.end('SIGTERM')

  const copied = await parlanceJson<Copied>(t, ['copy', '--from', from, '--to', to])
  assert.equal(copied.interactions, 300)
  const [, , ...publicUrl] = deployment.serverFlags
  const after = await startServer(t, ['--database', to, ...publicUrl])
  const api = clientOf(after.url, deployment.token)
  assert.deepEqual(await api.page(next), second)
  const secret = Buffer.from(`${deployment.clientId}:${deployment.clientSecret}`).toString('base64')
  const token = await fetch(`${after.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${secret}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  assert.equal(token.status, 200, await token.text())
})

test('a copy that is killed is opened by nothing but the next run, which ends it', async (t) => {
  const { database, directory } = await imported(t, 8000)
  const [, from] = database
  const to = `sqlite:${directory}/copy.db`
  const copying = start(t, process.execPath, [MAIN, 'copy', '--from', from, '--to', to], {
    env: plainEnvironment(),
    stdio: 'ignore',
  })
  const ended = once(copying, 'exit')
  const target = await openStoreAsItIs(to)
  while (((await target.getRevision(ACCOUNT)) ?? 0) === 0)
    await new Promise((resolve) => setTimeout(resolve, 2))
  copying.kill('SIGKILL')
  await ended
  const reached = (await target.getRevision(ACCOUNT)) ?? 0
  const unfinished = await target.getSetting(COPYING)
  await target.close()
  if (unfinished !== undefined) {
    const refused = await runHere(['account', 'list', '--database', to])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /has not ended. Run it again: parlance copy/)
  }
  const copied = await parlanceJson<Copied>(t, ['copy', '--from', from, '--to', to])
  assert.deepEqual([copied.interactions, copied.written], [8000, 8000 - reached])
  const listed = await runHere(['account', 'list', '--database', to])
  assert.equal(listed.code, 0, listed.stderr)
})

test('wrong ends are told', async (t) => {
  const directory = await temporaryDirectory(t)
  const to = `sqlite:${directory}/to.db`
  const nowhere = await runHere(['copy', '--from', `sqlite:${directory}/none.db`, '--to', to])
  assert.equal(nowhere.code, 1)
  assert.match(nowhere.stderr, /^parlance: There is no file .*none.db to copy from\.\n$/)
  assert.ok(!existsSync(`${directory}/none.db`) && !existsSync(`${directory}/to.db`))
  const { database } = await deploy(t)
  const bare = await createDatabase({ empty: true })
  const unmigrated = await runHere(['copy', '--from', database[1], '--to', bare])
  assert.deepEqual([unmigrated.code, /Run: parlance migrate/.test(unmigrated.stderr)], [1, true])
  const itself = await runHere(['copy', '--from', database[1], '--to', database[1]])
  assert.deepEqual([itself.code, /is the source itself/.test(itself.stderr)], [1, true])
  const foreign = await deploy(t)
  const refused = await runHere(['copy', '--from', database[1], '--to', foreign.database[1]])
  assert.deepEqual([refused.code, /holds accounts/.test(refused.stderr)], [1, true])
  assert.equal((await runHere(['copy', '--from', database[1]])).code, 2)
})

test('with --more the target stays closed, for a run that ends it', async (t) => {
  const { database, directory } = await imported(t, 50)
  const to = `sqlite:${directory}/copy.db`
  const ends = ['--from', database[1], '--to', to]
  const more = await runHere(['copy', '--more', ...ends])
  assert.equal(more.code, 0, more.stderr)
  assert.match(more.stdout, /^50 interactions copied into .*, which stays closed/)
  const closed = await runHere(['account', 'list', '--database', to])
  assert.match(closed.stderr, /A copy of sqlite:.*parlance\.db into .* has not ended/)
  const { written } = JSON.parse((await runHere(['copy', '--json', ...ends])).stdout)
  assert.equal(written, 0)
  assert.equal((await runHere(['account', 'list', '--database', to])).code, 0)
  assert.match((await runHere(['copy', ...ends])).stderr, /by a copy that has ended/)
})

test('a terminal shows how far it is', { skip: NO_TERMINAL }, async (t) => {
  const { database, directory } = await imported(t, 200)
  const args = ['copy', '--from', database[1], '--to', `sqlite:${directory}/copy.db`]
  const { code, stdout } = await parlanceOnTerminal(t, args)
  assert.equal(code, 0, stdout)
  assert.match(stdout, /█ +100 %.* comparing/)
  assert.match(stdout, /is the same now: 1 accounts?, 1 clients?, 2 keys, 200 interactions/)
})

const FOLDER = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url))
const FILES = ['star.ndjson.gz', 'harper-valley.ndjson', 'multidogo.ndjson.gz'].map((name) => FOLDER + name)
const missing = FILES.some((file) => !existsSync(file)) && 'the corpora are not beside the repository'

test('real conversations, there and back, are equal to the byte', { skip: missing }, async (t) => {
  const { database, directory } = await deploy(t)
  await parlanceJson(t, ['import', ...FILES, '--account', ACCOUNT, ...database])
  const postgres = await createDatabase()
  const there = await parlanceJson<Copied>(t, ['copy', '--from', database[1], '--to', postgres])
  const back = await parlanceJson<Copied>(t, [
    'copy',
    '--from',
    postgres,
    '--to',
    `sqlite:${directory}/back.db`,
  ])
  assert.deepEqual(back, there)
  // And straight: the checksum is of the content, not of the way it took.
  const straight = await parlance(t, [
    'copy',
    '--from',
    database[1],
    '--to',
    `sqlite:${directory}/straight.db`,
  ])
  assert.ok(straight.stdout.includes(there.checksum), straight.stderr)
})
