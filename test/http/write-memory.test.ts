import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { batchOf, MEGABYTE, measured, statuses } from './memory-support.ts'
import { interaction, message } from './support.ts'

const LINES = { 'content-type': 'application/x-ndjson' }
const BATCH = '/v1/interactions'

/** An interaction whose text takes so many bytes. */
function large(id: string, bytes: number, character = 'x'): string {
  const parts = Math.ceil(bytes / 900_000)
  const text = character.repeat(Math.floor(bytes / parts / Buffer.byteLength(character)) - 200)
  return JSON.stringify(
    interaction(id, {
      messages: Array.from({ length: parts }, (_, index) => message(`m${index}`, { text })),
    }),
  )
}

/** Some are served. The others are told to come again, or cut when they go on sending for five seconds after that. */
function assertServedOrRefused(
  { 503: _refused, 0: _cut, ...served }: Record<number, number>,
  status: number,
): void {
  assert.deepEqual(Object.keys(served), [String(status)])
}

test('100,000 lines, and long ones, are taken in bounded memory', async (t) => {
  const server = await measured(t)
  // Most are broken and the others soon unchanged, since it is the stream that is measured and not the disk.
  const lines = Array.from({ length: 500 }, (_, index) => {
    const line = JSON.stringify(interaction(`i-${index}`, { messages: undefined, agents: undefined }))
    return index % 10 === 0 ? line : line.slice(0, -1)
  })
  const many = await server.send(BATCH, Array<string>(200).fill(`${lines.join('\n')}\n`), LINES)
  const answer = JSON.parse(many.text)
  assert.deepEqual([answer.lines, answer.created, answer.unchanged], [100_000, 50, 9950])
  assert.deepEqual([answer.rejected, answer.problems.length], [90_000, 1000])
  await server.assertModest()

  // Half a gigabyte of zeros. Deflating is as slow as inflating; a member that is repeated is gzip too.
  const member = gzipSync(Buffer.alloc(16 * MEGABYTE))
  const zeros = await server.send(BATCH, Array<Buffer>(32).fill(member), {
    ...LINES,
    'content-encoding': 'gzip',
  })
  assert.deepEqual(JSON.parse(zeros.text).problems, [
    {
      line: 1,
      code: '1904001',
      message: 'Invalid request body. (Bad Request)',
      description: 'line 1: is longer than 16777216 bytes',
    },
  ])
  await server.assertModest()

  const long = 'k'.repeat(3 * MEGABYTE)
  const named = function* () {
    for (let at = 0; at < 40; at += 1) {
      // Rejected for its nesting, and told by the beginning of its name.
      yield `${JSON.stringify(interaction('x')).slice(0, -1)},"${at}${long}":${'['.repeat(33)}${']'.repeat(33)}}\n`
    }
  }
  assert.equal(JSON.parse((await server.send(BATCH, named(), LINES)).text).problems.length, 40)
  await server.assertModest()
})

test('many streams at once are all taken', async (t) => {
  const server = await measured(t)
  const lines = Array.from({ length: 200 }, (_, index) => `${large(`s-${index}`, 5000, '“é”')}\n`).join('')
  const streams = Array.from({ length: 30 }, () => server.send(BATCH, [lines, lines], LINES))
  assert.deepEqual(statuses(await Promise.all(streams)), { 200: 30 })
  await server.assertModest()
})

test('of batches as large as they may be, some are taken and none is too much', async (t) => {
  const server = await measured(t)
  const bodies = [
    batchOf(Array.from({ length: 4 }, (_, index) => large(`l-${index}`, 7_900_000, '漢字'))),
    batchOf(Array.from({ length: 10_000 }, (_, index) => large(`n-${index % 10}`, 2500))),
    batchOf([`{"x":[${'{},'.repeat(499_000)}0]}`, `{"x":[${'[[]],'.repeat(200_000)}0]}`]),
    batchOf(Array<string>(10_000).fill(JSON.stringify(interaction('f', { agents: Array(90).fill({}) })))),
  ]
  for (const body of bodies) {
    const alone = await server.send(BATCH, [body])
    assert.equal(alone.status, 200, `${body.length} ${alone.text}`)
  }
  const all = statuses(await Promise.all(bodies.map((body) => server.send(BATCH, [body]))))
  assertServedOrRefused(all, 200)
  await server.assertModest()
})

test('of many large interactions at once, some are taken and none is too much', async (t) => {
  const server = await measured(t)
  const put = (id: string, character: string) =>
    server.send(`${BATCH}/${id}`, [large(id, 8_000_000, character)], {}, 'PUT')
  assert.equal((await put('alone', '漢')).status, 201)
  const all = statuses(
    await Promise.all(Array.from({ length: 12 }, (_, n) => put(`p-${n}`, n % 2 ? 'x' : '漢'))),
  )
  assertServedOrRefused(all, 201)
  await server.assertModest()
})

test('clients that ask for large pages and do not read them', async (t) => {
  const server = await measured(t)
  for (let n = 0; n < 3; n += 1) await server.send(`${BATCH}/r-${n}`, [large(`r-${n}`, 1_300_000)], {}, 'PUT')
  // One that asks ten thousand times, and two hundred that ask once.
  const ahead = server.open(1, 10_000)
  await server.answering()
  const once = server.open(200, 1)
  await server.answering()
  await server.assertModest()
  for (const socket of [...ahead, ...once]) socket.destroy()
  await server.served()
})

test('a body that breaks off gives its room back', async (t) => {
  const server = await measured(t)
  for (let n = 0; n < 8; n += 1) await server.breakOff(`{"interactions":["${'x'.repeat(15_000_000)}`)
  await server.until(
    async () => (await server.send(BATCH, [batchOf([large('whole', 8_000_000)])])).status === 200,
  )
  await server.assertModest()
})
