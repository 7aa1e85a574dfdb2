import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction } from './support.ts'

const server = await startServer({ after })
const { token, accountId } = await createAccess(server)

const LINES = { 'content-type': 'application/x-ndjson' }
const send = (body: string | Uint8Array | undefined, headers: Record<string, string> = LINES) =>
  ask(server, '/v1/interactions', { method: 'POST', token, headers, body })

async function post(body: string | Uint8Array | undefined, headers = LINES) {
  const answer = await send(body, headers)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  return JSON.parse(answer.text)
}

const line = (id: string, more: object = {}) => JSON.stringify(interaction(id, more))
const counted = (created: number, updated: number, unchanged: number, rejected: number, lines: number) => ({
  created,
  updated,
  unchanged,
  rejected,
  lines,
  problems: [] as object[],
  warnings: [] as object[],
})
const broken = (number: number, description: string) => ({
  line: number,
  code: '1904001',
  message: 'Invalid request body. (Bad Request)',
  description: `line ${number}: ${description}`,
})

test('lines are taken each alone, however they are separated', async () => {
  const rows: [body: string | Uint8Array | undefined, expected: ReturnType<typeof counted>][] = [
    [undefined, counted(0, 0, 0, 0, 0)],
    ['', counted(0, 0, 0, 0, 0)],
    ['\n\n \n\t\r\n', counted(0, 0, 0, 0, 0)],
    [line('l1'), counted(1, 0, 0, 0, 1)],
    [`${line('l1')}\n`, counted(0, 0, 1, 0, 1)],
    [`${line('l1')}\r\n\r\n${line('l2')}\r\n`, counted(1, 0, 1, 0, 3)],
    [`\ufeff${line('l3')}\n${line('l3', { direction: 'OUT' })}`, counted(1, 1, 0, 0, 2)],
    [` \t${line('l4')} `, counted(1, 0, 0, 0, 1)],
    [line('l5', { customer_id: '\u2028\u0085\v' }), counted(1, 0, 0, 0, 1)],
  ]
  for (const [body, expected] of rows) assert.deepEqual(await post(body), expected, String(body))
})

test('a broken line is told with its place and costs nobody else', async () => {
  const body = Buffer.concat([
    Buffer.from(`${line('b1')}\n{"secret":word}\n\n{"id":\n[]\n${line('b3')}\n"x"\nnull\n`),
    Buffer.from([0x22, 0xff, 0x22, 0x0a]),
    Buffer.from(`{}{}\n${line('b4')}`),
  ])
  const answer = await post(body)
  assert.deepEqual(answer, {
    ...counted(3, 0, 0, 7, 11),
    problems: [
      broken(2, 'is not JSON'),
      broken(4, 'is not JSON (it ends in the middle)'),
      broken(5, 'must be an object'),
      broken(7, 'must be an object'),
      broken(8, 'must be an object'),
      broken(9, 'is not UTF-8'),
      broken(10, 'is not JSON (at character 3)'),
    ].map(({ line: number, code, message, description }) => ({ line: number, code, message, description })),
  })
})

test('a line that opens what has ended is rejected, in the order of the lines', async () => {
  await post(line('ended'))
  const open = { ended_at: undefined }
  const answer = await post(
    [line('ended', open), 'x', line('new', open), line('new'), line('new', open)].join('\n'),
  )
  const reopened = (number: number, id: string) => ({
    line: number,
    id,
    code: '1904090',
    message: 'The interaction has ended and cannot be opened again. (Conflict)',
    description: `line ${number}: interaction ${id} has ended and cannot be opened again`,
  })
  assert.deepEqual(
    answer.problems.map((each: object) => JSON.stringify(each)),
    [
      JSON.stringify(reopened(1, 'ended')),
      JSON.stringify(broken(2, 'is not JSON')),
      JSON.stringify(reopened(5, 'new')),
    ],
  )
  assert.deepEqual([answer.created, answer.updated, answer.rejected], [1, 1, 3])
})

test('the first thousand problems and warnings are told, the others counted', async () => {
  const lines = Array.from({ length: 1200 }, (_, index) => [
    line(`w${index % 3}`, { x: index % 3 }),
    'no',
  ]).flat()
  const answer = await post(lines.join('\n'))
  assert.deepEqual([answer.created, answer.unchanged, answer.rejected, answer.lines], [3, 1197, 1200, 2400])
  assert.deepEqual([answer.problems.length, answer.warnings.length], [1000, 1000])
  assert.equal(answer.problems[999].line, 2000)
  const fields = [{ name: 'x', description: 'is not a property of the contract; kept as it came' }]
  assert.deepEqual(answer.warnings[999], { line: 1999, id: 'w0', fields })
})

test('an id that is no id and a name that is far too long are not repeated', async () => {
  const long = 'k'.repeat(3_000_000)
  const { id: _, ...nameless } = interaction('')
  const bodies = [
    { ...nameless, id: long },
    { ...interaction('n1'), [long]: 1 },
    { ...interaction('n2'), [long]: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] },
  ]
  const stream = await send(bodies.map((each) => JSON.stringify(each)).join('\n'))
  const batch = await send(JSON.stringify({ interactions: bodies }), { 'content-type': 'application/json' })
  const result = JSON.parse(stream.text)
  assert.deepEqual(
    result.problems.map(({ line: number, id }: { line: number; id?: string }) => [number, id]),
    [
      [1, undefined],
      [3, 'n2'],
    ],
  )
  const name = `${'k'.repeat(200)}…`
  assert.deepEqual(result.warnings[0].fields, [
    { name, description: 'is not a property of the contract; kept as it came' },
  ])
  assert.deepEqual(result.problems[1].fields, [{ name, description: 'is nested more than 32 levels deep' }])
  assert.ok(stream.bytes.length < 4000)
  // A batch repeats what it was sent, as warnings, but no more than that.
  assert.ok(batch.bytes.length < 4_000_000)
  assert.equal(JSON.parse(batch.text).results[0].id, undefined)
})

test('numbers and names of the sender’s own come back exactly', async () => {
  const text = `${line('exact').slice(0, -1)},"n":1e+2,"__proto__":{"a":-0.0},"big":123456789012345678901234567890}`
  await post(`${line('before')}\n${text}\n`)
  assert.equal((await ask(server, '/v1/interactions/exact', { token })).text, text)
})

test('gzip: whole, in members, and broken off; what was committed stays', async () => {
  const GZIP = { ...LINES, 'content-encoding': 'gzip' }
  const lines = Array.from({ length: 1200 }, (_, index) => line(`g${index}`, { messages: [] }))
  const members = [lines.slice(0, 700), lines.slice(700)].map((part) => gzipSync(`${part.join('\n')}\n`))
  const before = (await server.store.getRevision(accountId)) ?? 0

  const cut = await send(Buffer.concat(members).subarray(0, -9), GZIP)
  const description = 'The body is not gzip, or ends in the middle of it, though Content-Encoding says gzip.'
  const expected = { code: '1904001', message: 'Invalid request body. (Bad Request)', description }
  assert.deepEqual([cut.status, JSON.parse(cut.text)], [400, expected])
  const written = ((await server.store.getRevision(accountId)) ?? 0) - before
  assert.equal(written % 500, 0, 'whole batches and nothing else')

  const whole = await post(Buffer.concat(members), GZIP)
  assert.deepEqual(whole, counted(1200 - written, 0, written, 0, 1200))
  assert.equal((await send('not gzip', GZIP)).status, 400)
})

test('gzip that comes in pieces, each of which fills most of a chunk', async () => {
  const gzip = createGzip()
  const sent = request(new URL('/v1/interactions', server.url), {
    method: 'POST',
    headers: { ...LINES, authorization: `Bearer ${token}`, 'content-encoding': 'gzip' },
  })
  gzip.pipe(sent)
  for (let piece = 0; piece < 6; piece += 1) {
    const names = Array.from({ length: 10 }, () => 'x'.repeat(1000))
    for (let index = 0; index < 4; index += 1) {
      gzip.write(`${line(`piece${piece}-${index}`, { queues: names })}\n`)
    }
    await new Promise<void>((resolve) => gzip.flush(resolve))
    // So that the one before has been read when it comes.
    await setTimeout(50)
  }
  gzip.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  assert.deepEqual(await json(answer), counted(24, 0, 0, 0, 24))
})

test('a type is told apart from its parameters; a batch is no line', async () => {
  assert.equal((await post(line('p1'), { 'content-type': 'Application/X-NDJSON; charset=utf-8' })).created, 1)
  assert.equal((await send(line('p2'), { 'content-type': 'application/ndjson' })).status, 415)
  const answer = await post(JSON.stringify({ interactions: [interaction('p3')] }))
  const names = answer.problems[0].fields.map(({ name }: { name: string }) => name)
  assert.deepEqual(names, ['id', 'customer_id', 'started_at', 'direction'])
})
