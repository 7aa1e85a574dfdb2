import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { clientOf } from './support/client.ts'
import type { Conversation } from './support/conversations.ts'
import {
  type Cleanups,
  MAIN,
  parlance,
  plainEnvironment,
  runProgram,
  start,
  temporaryDirectory,
} from './support/process.ts'

/** One folder for all: the second start finds what the first has made. */

const cleanups: (() => unknown)[] = []
const all: Cleanups = { after: (cleanup) => void cleanups.unshift(cleanup) }
const noCurl = spawnSync('curl', ['--version']).status !== 0 && 'curl is not on the PATH'
let cwd = ''
/** Conversations of past days as the first start made them, and the revisions of some. */
const past: Conversation[] = []
const revisions = new Map<string, string | null>()

before(async () => {
  cwd = await temporaryDirectory(all)
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

/** Starts `demo` as a person does, and waits until it has printed `until`. */
async function demo(args: string[], until: string) {
  const child = start(all, process.execPath, [MAIN, 'demo', ...args], {
    cwd,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  for await (const chunk of (child.stdout as Readable).iterator({ destroyOnReturn: false })) {
    stdout += chunk
    if (stdout.endsWith(until)) break
  }
  assert.ok(stdout.endsWith(until), `it ended: ${stderr}`)
  const end = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    assert.deepEqual(await ended, [0, null])
    return stderr
  }
  return { stdout, end }
}

function lineWith(text: string, start: string): string {
  const line = text.split('\n').find((each) => each.startsWith(start))
  assert.ok(line !== undefined, `no line with ${start}: ${text}`)
  return line
}

const idOf = ({ id }: Conversation) => id
const PAST_DAYS = [2, 29]

/** The conversations that started on a day of the past, `daysAgo` days before today (UTC). */
function pastDay(daysAgo: number): string {
  const day = new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  return `interaction_started=${day}T00:00:00Z&interaction_ended=${day}T23:59:59Z`
}

test('stopped while it makes the samples, it ends well', async (t) => {
  const child = start(t, process.execPath, [MAIN, 'demo', '--listen', '127.0.0.1:0', '--log-level', 'info'], {
    cwd,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stdout?.resume()
  const closed = once(child, 'close')
  for await (const chunk of (child.stderr as Readable).setEncoding('utf8')) {
    // Once only: the second signal would be taken for impatience.
    if (!stderr.includes('"msg":"listening"') && String(chunk).includes('"msg":"listening"'))
      child.kill('SIGTERM')
    stderr += chunk
  }
  assert.deepEqual(await closed, [0, null], stderr)
  assert.ok(!stderr.includes('parlance:'), stderr)
})

test('demo prints a token, a curl and the docs; the curl, run as it is, brings conversations', {
  skip: noCurl,
}, async (t) => {
  const { stdout, end } = await demo(['--listen', '127.0.0.1:0'], 'Ctrl-C stops it.\n')
  assert.ok(existsSync(`${cwd}/data/demo.db`), 'the samples are kept in data/demo.db')
  const url = lineWith(stdout, '  API ').slice(6).trim()
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.equal(lineWith(stdout, '  Docs').slice(6).trim(), `${url}/docs`)
  const count = Number(/serves (\d+) sample conversations/.exec(stdout)?.[1])
  assert.ok(count > 1000, stdout)
  const token = lineWith(stdout, 'eyJ')

  const curls = stdout.split('\n').filter((line) => line.startsWith('curl '))
  assert.equal(curls.length, 2)
  const [listing, newToken] = await Promise.all(curls.map((curl) => runProgram(t, 'sh', ['-c', curl])))
  assert.equal(listing?.code, 0, String(listing?.stderr))
  const page = JSON.parse(listing?.stdout ?? '') as { _embedded: { interactions: Conversation[] } }
  assert.equal(page._embedded.interactions.length, 2)
  assert.ok((page._embedded.interactions[0]?.messages.length ?? 0) > 0)
  const another = JSON.parse(newToken?.stdout ?? '') as { access_token: string }

  const api = clientOf(url, another.access_token)
  for (const daysAgo of PAST_DAYS) past.push(...(await api.list(pastDay(daysAgo))))
  for (const { id } of past.slice(0, 50)) {
    const response = await clientOf(url, token).ask(`/v1/interactions/${id}`)
    await response.arrayBuffer()
    assert.equal(response.status, 200)
    revisions.set(id, response.headers.get('parlance-revision'))
  }
  assert.ok(revisions.size > 10)
  assert.equal(await end(), '')
})

test('started again it takes another port where 8080 is taken, and the past has not changed', async () => {
  const occupied = createServer()
  // Somebody else may have it already; then it is taken, too.
  occupied.listen(8080, '127.0.0.1').on('error', () => {})
  all.after(() => occupied.close())
  const { stdout, end } = await demo(['--json'], '}\n')
  const facts = JSON.parse(stdout) as Record<string, string>
  const names = ['url', 'docs', 'account_id', 'interactions', 'client_id', 'client_secret', 'token', 'curl']
  assert.deepEqual(Object.keys(facts), [...names, 'new_token'])
  const { url = '', token = '', docs } = facts
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.ok(!url.endsWith(':8080'), url)
  assert.equal(docs, `${url}/docs`)
  const api = clientOf(url, token)
  assert.ok(past.length > 0)
  const again: Conversation[] = []
  for (const daysAgo of PAST_DAYS) again.push(...(await api.list(pastDay(daysAgo))))
  assert.deepEqual(again.map(idOf), past.map(idOf))
  for (const [id, revision] of revisions) {
    const response = await api.ask(`/v1/interactions/${id}`)
    await response.arrayBuffer()
    assert.equal(response.headers.get('parlance-revision'), revision, id)
  }
  await end()
})

test('a port that was asked for and is taken is told, with what to do', async (t) => {
  const occupied = createServer().listen(0, '127.0.0.1')
  await once(occupied, 'listening')
  t.after(() => occupied.close())
  const address = `127.0.0.1:${(occupied.address() as AddressInfo).port}`
  const told = `parlance: ${address} is taken. Choose another address with --listen, such as --listen 127.0.0.1:0.\n`
  for (const command of ['demo', 'serve']) {
    const flags = ['--listen', address, '--database', `sqlite:${cwd}/taken.db`, '--log-level', 'silent']
    const result = await parlance(t, [command, ...flags], { cwd })
    assert.deepEqual(result, { code: 1, signal: null, stdout: '', stderr: told })
  }
})
