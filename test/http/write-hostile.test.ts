import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createAccess, startServer } from '../fixtures/server.ts'
import { answersIn, ask, interaction, raw, until } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token, accountId } = access

const JSON_TYPE = { 'content-type': 'application/json' }
const LINES = { 'content-type': 'application/x-ndjson' }
const BATCH = '/v1/interactions'
const send = (path: string, body: string | Uint8Array, headers: Record<string, string>) =>
  ask(server, path, { method: path === BATCH ? 'POST' : 'PUT', token, headers, body })
const revision = async () => (await server.store.getRevision(accountId)) ?? 0

const tooLarge = (description: string) =>
  JSON.stringify({
    code: '1904130',
    message: 'The request body is too large. (Content Too Large)',
    description,
  })
const OVER_BATCH = tooLarge('This body may have 32000000 bytes at most.')
const OVER_DOCUMENT = tooLarge('This body may have 16777216 bytes at most.')

function head(path: string, headers: Record<string, string>): string {
  const method = path === BATCH ? 'POST' : 'PUT'
  const all = { Host: 'a', Authorization: `Bearer ${token}`, ...JSON_TYPE, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

function open(...parts: (string | Uint8Array)[]): Socket {
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  for (const part of parts) socket.write(part)
  return socket
}

const departed = () => server.log.filter(({ msg }) => msg === 'client went away').length
const errors = () => server.log.filter(({ level }) => Number(level) >= 40)

test('a body may be as large as its limit, and not a byte larger', async () => {
  const rows: [path: string, limit: number, refusal: string, body: string][] = [
    [BATCH, 32_000_000, OVER_BATCH, '{"interactions":[]}'],
    ['/v1/interactions/padded', 16 * 1024 * 1024, OVER_DOCUMENT, JSON.stringify(interaction('padded'))],
  ]
  for (const [path, limit, refusal, body] of rows) {
    const padded = body.padEnd(limit)
    assert.ok((await send(path, padded, JSON_TYPE)).status < 300)
    // By its announced length: refused before any of it has come.
    const announced = head(path, { 'Content-Length': String(limit + 1), Connection: 'close' })
    assert.equal(answersIn(await raw(server, announced))[0]?.text, refusal)
    // By what comes: in chunks, and inflated.
    const [answer] = answersIn(
      await raw(
        server,
        `${head(path, { 'Transfer-Encoding': 'chunked', Connection: 'close' })}${(limit + 1).toString(16)}\r\n${padded} `,
      ),
    )
    assert.deepEqual([answer?.status, answer?.text], [413, refusal])
    const zipped = await send(path, gzipSync(`${padded} `), { ...JSON_TYPE, 'content-encoding': 'gzip' })
    assert.deepEqual([zipped.status, zipped.text], [413, refusal])
  }
})

test('a gzip bomb is refused while it is still coming, and its sender may go', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000))
  const socket = open(
    head(BATCH, { 'Content-Encoding': 'gzip', 'Content-Length': String(bomb.length + 1) }),
    bomb,
  )
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1.1 413 /)
  socket.destroy()
  await once(socket, 'close')
  // Of a body that does end, the rest is taken off the connection, which serves on.
  const rest = Buffer.alloc(5_000_000)
  const length = String(bomb.length + rest.length)
  const patient = open(
    head(BATCH, { 'Content-Encoding': 'gzip', 'Content-Length': length }),
    bomb,
    rest,
    head(BATCH, { 'Content-Length': '19', Connection: 'close' }),
    '{"interactions":[]}',
  )
  const answers = answersIn((await patient.toArray()).join(''))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [413, 200],
  )
})

test('a body that would be far larger parsed is refused unparsed', async () => {
  const most = 1_000_000
  const wide = (parts: number) =>
    `{"interactions":[{"x":[${'[[[[]]]],'.repeat((parts - 4) / 4)}0${',[]'.repeat(parts % 4)}]}]}`
  const deep = (parts: number) => `{"interactions":${'['.repeat(parts - 1)}${']'.repeat(parts - 1)}}`
  for (const body of [wide(most + 1), deep(most + 1), wide(8 * most)]) {
    const { status, text } = await send(BATCH, body, JSON_TYPE)
    assert.deepEqual([status, text], [413, tooLarge('A body may have 1000000 arrays and objects at most.')])
  }
  const line = wide(most + 1)
  const { text } = await send(BATCH, `${line}\n${JSON.stringify(interaction('after'))}`, LINES)
  const { created, problems } = JSON.parse(text)
  assert.deepEqual(
    [created, problems[0].description],
    [1, 'line 1: has more than 1000000 arrays and objects'],
  )
  assert.match((await send(BATCH, wide(most), JSON_TYPE)).text, /"rejected":1/)
})

test('a hundred thousand levels of nesting are a fault like any other', async () => {
  const LEVELS = 100_000
  const arrays = '['.repeat(LEVELS) + ']'.repeat(LEVELS)
  const objects = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`
  const document = JSON.stringify(interaction('deep')).slice(0, -1)
  const nested = 'is nested more than 32 levels deep'
  const rows: [body: string, problem: object][] = [
    [arrays, { description: 'The interaction must be an object.' }],
    [`${document},"x":${arrays}}`, { fields: [{ name: 'x', description: nested }] }],
    [`${document},"__proto__":${objects}}`, { fields: [{ name: '__proto__', description: nested }] }],
    [`${document},"queues":${arrays}}`, { fields: [{ name: 'queues[0]', description: 'must be string' }] }],
    [`${document},"ended_at":${objects}}`, { fields: [{ name: 'ended_at', description: 'must be string' }] }],
    [
      `${document},"agents":[${objects}]}`,
      { fields: [{ name: 'agents[0].id', description: 'is required' }] },
    ],
  ]
  for (const [body, problem] of rows) {
    const expected = { code: '1904001', message: 'Invalid request body. (Bad Request)', ...problem }
    const put = await send('/v1/interactions/deep', body, JSON_TYPE)
    assert.deepEqual([put.status, JSON.parse(put.text)], [400, expected])
    // A neighbour with a property of its own must not make the deep one be parsed in another way.
    const own = `${JSON.stringify(interaction('beside')).slice(0, -1)},"x":1}`
    const batch = await send(BATCH, `{"interactions":[${own},${body},${own}]}`, JSON_TYPE)
    assert.deepEqual([batch.status, JSON.parse(batch.text).results[1].problem], [200, expected])
    const lines = await send(BATCH, `${body}\n${own}`, LINES)
    assert.deepEqual([lines.status, JSON.parse(lines.text).problems.length], [200, 1])
  }
  // What is said twice counts as it was said last.
  const twice = await send('/v1/interactions/deep', `${document},"x":${arrays},"x":1}`, JSON_TYPE)
  assert.equal(twice.status, 201)
})

test('a client that goes away half-way leaves whole batches and nothing else', async () => {
  const before = [await revision(), errors().length] as const
  const lines = Array.from({ length: 1300 }, (_, index) =>
    JSON.stringify(interaction(`gone-${index}`, { messages: [] })),
  )
  const text = lines.join('\n')
  const partial = text.slice(0, -40)
  const bodies: [headers: Record<string, string>, body: string | Uint8Array][] = [
    [JSON_TYPE, `{"interactions":[${lines[0]}`],
    [
      { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
      gzipSync(`{"interactions":[${lines[0]}]}`).subarray(0, 100),
    ],
    [LINES, `${lines[0]}\n${lines[1]?.slice(0, 50)}`],
    [{ ...LINES, 'Content-Encoding': 'gzip' }, gzipSync(text).subarray(0, 300)],
    [JSON_TYPE, ''],
  ]
  for (const [headers, body] of bodies) {
    for (const [name, value] of [
      ['Content-Length', '5000000'],
      ['Transfer-Encoding', 'chunked'],
    ] as const) {
      const already = departed()
      const chunk = value === 'chunked' ? [`${body.length.toString(16)}\r\n`, body] : [body]
      const socket = open(head(BATCH, { ...headers, [name]: value }), ...chunk)
      await new Promise((resolve) => socket.write('', resolve))
      socket.destroy()
      await until(() => departed() > already)
      assert.equal(await revision(), before[0])
    }
  }

  const already = departed()
  const socket = open(head(BATCH, { ...LINES, 'Content-Length': String(text.length) }), partial)
  await until(async () => (await revision()) === before[0] + 1000)
  socket.destroy()
  await until(() => departed() > already)
  assert.equal(await revision(), before[0] + 1000)
  assert.equal((await ask(server, '/v1/interactions/gone-1000', { token })).status, 404)

  const again = JSON.parse((await send(BATCH, text, LINES)).text)
  assert.deepEqual([again.created, again.unchanged, again.rejected], [300, 1000, 0])
  assert.equal((await ask(server, '/readyz')).status, 200)
  assert.deepEqual(errors().slice(before[1]), [], 'nobody is woken for a client that went away')
})

test('a sender may be as slow as it likes', async () => {
  const body = `${JSON.stringify(interaction('slow', { customer_id: 'é' }))}\n`
  const bytes = Buffer.from(body)
  const socket = open(head(BATCH, { ...LINES, 'Content-Length': String(bytes.length), Connection: 'close' }))
  socket.setNoDelay()
  for (const byte of bytes) await new Promise((resolve) => socket.write(Uint8Array.of(byte), resolve))
  assert.match(
    (await socket.toArray()).join(''),
    /"created":1,"updated":0,"unchanged":0,"rejected":0,"lines":1/,
  )
})

test('bodies that would together take too much memory are refused, and the room comes back', async () => {
  // An interaction that does not end is held as it came.
  const plain = Buffer.from(`{"interactions":["${'x'.repeat(15_000_000)}`)
  const zipped = gzipSync(plain)
  const length = { 'Content-Length': '32000000' }
  const sockets = Array.from({ length: 6 }, (_, index) =>
    index % 2 === 0
      ? open(head(BATCH, length), plain)
      : open(head(BATCH, { ...length, 'Content-Encoding': 'gzip' }), zipped),
  )
  const [answer] = await Promise.race(sockets.map((socket) => once(socket, 'data')))
  const [refused] = answersIn(String(answer))
  const expected = {
    code: '1905031',
    message: 'Too many bodies are being received or sent at once. (Service Unavailable)',
  }
  assert.deepEqual([refused?.status, JSON.parse(refused?.text ?? '')], [503, expected])
  assert.equal(refused?.headers['retry-after'], '1')
  for (const socket of sockets) socket.destroy()
  const large = '{"interactions":[]}'.padEnd(32_000_000)
  await until(async () => (await send(BATCH, large, JSON_TYPE)).status === 200)
  // All of it: as much as fits is held at the same time.
  const most = await Promise.all(
    [1, 2, 3].map(async () => {
      const socket = open(head(BATCH, { ...length, Connection: 'close' }))
      await new Promise((resolve) => socket.write(plain, resolve))
      return socket
    }),
  )
  const end = '"]}'.padEnd(32_000_000 - plain.length)
  for (const socket of most) socket.write(end)
  const texts = await Promise.all(most.map((socket) => socket.toArray()))
  assert.deepEqual(
    texts.map((parts) => answersIn(parts.join(''))[0]?.status),
    [200, 200, 200],
  )
})
