import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ask, interaction } from './support.ts'

const MEGABYTE = 1024 * 1024
/** The process alone, with what it has loaded, holds some 150 MB. */
const MOST = 400 * MEGABYTE
/** V8 collects little while there is room, so there is little: what is kept without need ends the process. */
const execArgv = ['--max-old-space-size=96', '--max-semi-space-size=8']

const child: ChildProcess = fork(new URL('./memory-server.ts', import.meta.url), { execArgv })
after(async () => {
  child.disconnect()
  await once(child, 'exit')
})
const [{ address, token }] = await once(child, 'message')

async function held(): Promise<number> {
  child.send('how much?')
  const [{ held: bytes, log }] = await once(child, 'message')
  assert.deepEqual(log, [], 'nothing went wrong')
  return bytes
}

/** Sends chunks no faster than they are taken, and gives what the server says of them. */
async function stream(chunks: Iterable<Uint8Array | string>, headers = {}) {
  const { hostname, port } = new URL(address)
  const outgoing = request({
    hostname,
    port,
    method: 'POST',
    path: '/v1/interactions',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', ...headers },
  })
  const answered = once(outgoing, 'response')
  for (const chunk of chunks) if (!outgoing.write(chunk)) await once(outgoing, 'drain')
  outgoing.end()
  const [incoming] = await answered
  assert.equal(incoming.statusCode, 200)
  return JSON.parse((await incoming.toArray()).join(''))
}

async function assertModest(): Promise<void> {
  const bytes = await held()
  assert.ok(bytes < MOST, `${bytes / MEGABYTE} MB`)
}

test('200,000 lines are taken in bounded memory', async () => {
  // Most are broken and the others soon unchanged, since it is the stream that is measured and not the disk.
  const lines = Array.from({ length: 500 }, (_, index) => {
    const line = JSON.stringify(interaction(`i-${index}`, { messages: undefined, agents: undefined }))
    return index % 10 === 0 ? line : line.slice(0, -1)
  })
  const answer = await stream(Array<string>(400).fill(`${lines.join('\n')}\n`))
  assert.deepEqual([answer.lines, answer.created, answer.unchanged], [200_000, 50, 19_950])
  assert.deepEqual([answer.rejected, answer.problems.length], [180_000, 1000])
  await assertModest()
})

test('half a gigabyte of zeros, gzipped, is one line that is too long', async () => {
  // Deflating is as slow as inflating; a member that is repeated is gzip too.
  const member = gzipSync(Buffer.alloc(16 * MEGABYTE))
  const answer = await stream(Array<Buffer>(32).fill(member), { 'content-encoding': 'gzip' })
  assert.deepEqual(answer.problems, [
    {
      line: 1,
      code: '1904001',
      message: 'Invalid request body. (Bad Request)',
      description: 'line 1: is longer than 16777216 bytes',
    },
  ])
  await assertModest()
})

test('what is told of many lines keeps none of them in memory', async () => {
  // 240 MB of names: more than there is room for, whoever would hold them.
  const long = 'k'.repeat(3 * MEGABYTE)
  const lines = function* () {
    for (let at = 0; at < 80; at += 1) {
      // Rejected for its nesting, and told by the beginning of its name.
      yield `${JSON.stringify(interaction('x')).slice(0, -1)},"${at}${long}":${'['.repeat(33)}${']'.repeat(33)}}\n`
    }
  }
  const { problems } = await stream(lines())
  assert.equal(problems.length, 80)
  await assertModest()
})

test('the server is well afterwards', async () => {
  assert.equal((await ask({ address }, '/readyz')).status, 200)
})
