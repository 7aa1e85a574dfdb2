import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { CATALOGUE, type CatalogueEntry } from '../../src/http/error-catalogue.ts'
import { AMBIGUOUS } from '../../src/interaction/merge-patches.ts'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { composedApp } from './composed.ts'
import {
  type Answer,
  type Ask,
  answersIn,
  ask,
  checkAnswer,
  interaction,
  message,
  RANGE,
  raw,
  write,
} from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token } = access
await write(server, access, [interaction('one')])
const twins = ['STT', 'VA'].map((source_system) => message('m1', { source_system, channel: 'VOICE' }))
await write(server, access, [interaction('two', { messages: twins })])
await ask(server, '/v1/interactions/gone', { method: 'DELETE', token })
const eraser = await tokenFor(server, access, ['interactions:erase'])

/** The errors that this file has brought about; the last test asks for all of them. */
const seen = new Set<string>()

function expectError({ status, headers, text }: Answer, name: keyof typeof CATALOGUE, more: object = {}) {
  const { status: expected, code, message, headers: own }: CatalogueEntry = CATALOGUE[name]
  assert.equal(status, expected, text)
  assert.equal(text, JSON.stringify({ code, message, ...more }))
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['content-length'], String(Buffer.byteLength(text)))
  for (const [header, value] of Object.entries(own ?? {})) assert.equal(headers[header], value)
  seen.add(name)
}

const json = (body: Ask['body'], more: Ask = {}): Ask => ({ method: 'PUT', token, body, ...more })
const open = interaction('one', { ended_at: undefined })

const ROWS: [path: string, ask: Ask, name: keyof typeof CATALOGUE, more?: object][] = [
  [
    '/interactions?per_page=x',
    { token },
    'invalidQuery',
    { fields: [{ name: 'per_page', description: 'must be a whole number from 1 to 500' }] },
  ],
  ['/v1/interactions/one', json(open), 'reopened'],
  ['/v1/interactions/gone', json(interaction('gone')), 'erased'],
  ['/v1/interactions/gone/messages', json(message('m'), { method: 'POST' }), 'erased'],
  [
    '/v1/interactions/two/messages',
    json({ message_id: 'm1', sentiment: 'MIXED' }, { method: 'POST' }),
    'ambiguousMessage',
    { fields: [{ name: 'message_id', description: AMBIGUOUS }] },
  ],
  ['/v1/erasures/none', { token }, 'notFound'],
  ['/v1/interactions/one', json([]), 'invalidBody', { description: 'The interaction must be an object.' }],
  ['/v1/interactions/%zz', { token }, 'invalidRequest'],
  ['/%E0%A4%A', {}, 'invalidRequest'],
  ['/interactions', {}, 'unauthenticated'],
  ['/interactions', { token: eraser }, 'forbidden'],
  ['/none', { method: 'POST', token, body: '{', headers: { 'content-type': 'text/csv' } }, 'notFound'],
  ['/v2/interactions', { token }, 'notFound'],
  ['/conversations/interactions/', { token }, 'notFound'],
  ['/conversations//interactions', { token }, 'notFound'],
  ['/CONVERSATIONS/interactions', { token }, 'notFound'],
  ['/interactions;x=1', { token }, 'notFound'],
  ['/../../etc/passwd', { token }, 'notFound'],
  ['/v1/interactions/', { token }, 'notFound'],
  ['/v1/interactions/one/messages/more', { token }, 'notFound'],
  ['/v1/interactions/none', { token }, 'notFound'],
  ['/interactions', { token, headers: { accept: 'text/html' } }, 'notAcceptable'],
  [
    '/v1/interactions/one',
    json(interaction('one'), { headers: { 'if-match': '"x"' } }),
    'preconditionFailed',
  ],
  [
    '/v1/interactions/one',
    json('{}'.padEnd(17_000_000), { headers: { 'content-type': 'application/json' } }),
    'bodyTooLarge',
    { description: 'This body may have 16777216 bytes at most.' },
  ],
  [`/v1/interactions/${'x'.repeat(800)}`, { token }, 'urlTooLong'],
  [
    '/v1/interactions',
    { method: 'POST', token, body: 'x', headers: { 'content-type': 'text/csv' } },
    'unsupportedMediaType',
  ],
]
for (const [path, options, name, more] of ROWS) {
  test(`${name}: ${options.method ?? 'GET'} ${path.slice(0, 60)}`, async () => {
    expectError(await ask(server, path, options), name, more)
  })
}

test('a path answers 405 to the methods that it does not have, and `Allow` tells those it has', async () => {
  const rows: [path: string, allow: string][] = [
    ['/conversations/interactions', 'GET, HEAD'],
    ['/interactions', 'GET, HEAD'],
    ['/v1/interactions', 'GET, HEAD, POST, DELETE'],
    ['/v1/interactions/one', 'GET, HEAD, PUT, DELETE'],
    ['/v1/interactions/one/messages', 'POST'],
    ['/v1/customers/one', 'DELETE'],
    ['/v1/erasures/one', 'GET, HEAD'],
    ['/omnichannel/interactions/transcript', 'DELETE'],
    ['/healthz', 'GET, HEAD'],
    ['/readyz', 'GET, HEAD'],
    ['/metrics', 'GET, HEAD'],
    ['/oauth/token', 'POST'],
    ['/oauth/certs', 'GET, HEAD'],
  ]
  for (const [path, allow] of rows) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      if (allow.split(', ').includes(method)) continue
      const body = ['GET', 'HEAD', 'TRACE'].includes(method) ? undefined : '{"a":'
      const answer = await ask(server, path, { method, body, headers: { 'content-type': 'text/csv' } })
      assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`)
      if (method !== 'HEAD') expectError(answer, 'methodNotAllowed')
    }
  }
})

const REFUSED: [bytes: string, name: keyof typeof CATALOGUE, more?: object][] = [
  ['GARBAGE\r\n\r\n', 'invalidRequest'],
  ['GET / HTTP/9.9\r\nHost: a\r\n\r\n', 'invalidRequest'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'invalidRequest'],
  ['get / HTTP/1.1\r\nHost: a\r\n\r\n', 'invalidRequest'],
  ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 'invalidRequest'],
  ['GET / HTTP/1.1\r\nHost: a\r\nbad header: x\r\n\r\n', 'invalidRequest'],
  ['GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 'invalidRequest'],
  ['GET / HTTP/1.1\r\nHost : a\r\n\r\n', 'invalidRequest'],
  ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'invalidRequest'],
  ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'invalidRequest'],
  ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 'invalidRequest'],
  ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 'invalidRequest'],
  ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'invalidRequest'],
  [
    'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n',
    'invalidRequest',
    { fields: [{ name: 'host', description: 'is required' }] },
  ],
  [`GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 'headersTooLarge'],
  [`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'x'.repeat(17_000)}\r\n\r\n`, 'headersTooLarge'],
  [
    `GET / HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 2000 }, (_, at) => `h${at}: x\r\n`).join('')}\r\n`,
    'headersTooLarge',
  ],
]

test('what is no HTTP is told so, in the form of every other error', async () => {
  for (const [bytes, name, more] of REFUSED) {
    const [answer, ...others] = answersIn(await raw(server, Buffer.from(bytes, 'latin1')))
    assert.ok(answer !== undefined && others.length === 0, bytes)
    checkAnswer(answer, 'GET')
    expectError(answer, name, more)
  }
  const log = server.log.filter(({ msg }) => msg === 'connection refused')
  assert.equal(log.length, REFUSED.length - 1)
  for (const { request, status, reason } of log) assert.ok(request && status && reason)
})

test('a body whose chunks are broken is refused, and the request before it is served', async () => {
  const head = `Host: a\r\nAuthorization: Bearer ${token}\r\n`
  const chunked = `POST /v1/interactions HTTP/1.1\r\n${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
  const before = `GET /v1/interactions/one HTTP/1.1\r\n${head}\r\n`
  const answers = answersIn(await raw(server, `${chunked}ZZ\r\n`))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400],
  )
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname, () => socket.write(before))
  const [first] = await once(socket, 'data')
  socket.write(`${chunked}5\r\n{"int\r\nQ`)
  const rest = (await socket.toArray()).join('')
  assert.deepEqual(
    answersIn(`${first}${rest}`).map(({ status }) => status),
    [200, 400],
  )
})

test('what Node would answer alone goes through the application', async () => {
  const expected = await ask(server, `/interactions?${RANGE}`, { token })
  for (const headers of [
    { expect: 'more' },
    { expect: '100-continue' },
    { connection: 'upgrade', upgrade: 'websocket' },
    { 'transfer-encoding': 'chunked' },
  ]) {
    const answer = await ask(server, `/interactions?${RANGE}`, { token, headers })
    assert.deepEqual([answer.status, answer.text], [200, expected.text])
  }
  const absolute = `GET ${server.address}/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`
  assert.equal(answersIn(await raw(server, absolute))[0]?.text, '{"status":"ok"}')
  const old = answersIn(await raw(server, 'GET /healthz HTTP/1.0\r\n\r\n'))
  assert.deepEqual(
    old.map(({ text }) => text),
    ['{"status":"ok"}'],
  )
})

test('headers that do not come in time bring 408', async () => {
  const app = await composedApp(server)
  const impatient = app.server as Server & { connectionsCheckingInterval: number }
  impatient.headersTimeout = 50
  impatient.connectionsCheckingInterval = 20
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const [answer] = answersIn(await raw({ address }, 'GET /healthz HTTP/1.1\r\nHost: a\r\n'))
  await app.close()
  assert.ok(answer !== undefined)
  checkAnswer(answer, 'GET')
  expectError(answer, 'requestTimeout')
})

test('a plain request id is given back, and any other is replaced', async () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  const paths = [
    '/healthz',
    '/interactions',
    '/v1/interactions/one',
    '/v1/interactions/%zz',
    '/none',
    '/oauth/token',
    '/oauth/certs',
  ]
  for (const path of paths) {
    for (const id of ['a', 'A-b_c.d:e+f/g=', 'x'.repeat(128), 'f47ac10b-58cc-4372-a567-0e02b2c3d479']) {
      const { headers } = await ask(server, path, { token, headers: { 'x-request-id': id } })
      assert.equal(headers['x-request-id'], id, path)
    }
    for (const id of ['', 'a b', 'x'.repeat(129), '<script>', 'a,b', '{"a":1}', '\u00e9', ['a', 'b']]) {
      const { headers } = await ask(server, path, { token, headers: { 'x-request-id': id } })
      assert.match(headers['x-request-id'] as string, uuid, path)
    }
  }
})

test('every error of the catalogue has been brought about, here or in the file that is named', () => {
  const ELSEWHERE = {
    rateLimited: 'rate-limit.test.ts',
    storeUnavailable: 'availability.test.ts',
    overloaded: 'write-hostile.test.ts',
    gone: 'changes.test.ts',
    unexpected: 'nowhere: it is never to be seen',
  }
  const expected = Object.keys(CATALOGUE).filter((name) => !Object.hasOwn(ELSEWHERE, name))
  assert.deepEqual([...seen].toSorted(), expected.toSorted())
})
