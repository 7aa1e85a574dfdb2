import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { after, test } from 'node:test'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { type Answer, ask, interaction, PATHS, RANGE, until, write } from './support.ts'

const server = await startServer({ after }, { PARLANCE_RATE_LIMIT: '100000' })
const access = await createAccess(server)
const { token } = access
const many = Array.from({ length: 60 }, (_, n) => interaction(`i-${String(n).padStart(2, '0')}`))
await write(server, access, [...many, interaction('open', { ended_at: undefined }), interaction('a b/ç')])
const writer = await tokenFor(server, access, ['interactions:write'])
const first = await ask(server, `/interactions?${RANGE}`, { token })
const cursor = new URL(JSON.parse(first.text)._links.next.href).searchParams.get('cursor')
const all = await ask(server, '/v1/interactions', { token })
const allCursor = new URL(JSON.parse(all.text)._links.next.href).searchParams.get('cursor')

let seen = 0
subscribe('tracing:fastify.request.handler:start', () => {
  seen += 1
})

interface Case {
  path: string
  headers?: Record<string, string>
  token?: string | undefined
  status: number
}

const gzip = { 'accept-encoding': 'gzip' }
const encoded = RANGE.replaceAll(':', '%3A')
const ETAG = String(first.headers.etag)

const CASES: Case[] = [
  ...PATHS.flatMap((path) => [
    { path: `${path}?${RANGE}`, status: 200 },
    { path: `${path}?${RANGE}`, headers: gzip, status: 200 },
    { path: `${path}?${encoded}&per_page=7&other=1`, headers: gzip, status: 200 },
    { path: `${path}?cursor=${cursor}`, headers: gzip, status: 200 },
    { path: `${path}?cursor=${cursor}&per_page=50`, status: 200 },
    { path: `${path}?cursor=${cursor}&per_page=7`, status: 400 },
    { path: `${path}?cursor=${cursor}&cursor=${cursor}`, status: 400 },
    { path: `${path}?cursor=${cursor}x`, status: 400 },
    { path: `${path}?cursor=`, status: 400 },
    { path: `${path}?cursor=%`, status: 400 },
    { path: `${path}?interaction_started=yesterday&per_page=`, status: 400 },
    { path: `${path}?${RANGE}&__proto__=1&constructor=2`, status: 200 },
    { path: `${path}?${RANGE}`, headers: { accept: 'text/html' }, status: 406 },
    { path: `${path}?${RANGE}`, headers: { accept: 'application/json' }, status: 200 },
  ]),
  { path: `/interactions?${RANGE}`, headers: { 'if-none-match': ETAG }, status: 304 },
  { path: `/interactions?${RANGE}`, token: undefined, status: 401 },
  { path: `/interactions?${RANGE}`, token: 'forged', status: 401 },
  { path: `/interactions?${RANGE}`, token: writer, status: 403 },
  { path: '/v1/interactions', headers: gzip, status: 200 },
  { path: `/v1/interactions?${RANGE}&per_page=7`, status: 200 },
  { path: `/v1/interactions?cursor=${allCursor}`, status: 200 },
  { path: '/v1/interactions?state=open', status: 200 },
  { path: '/v1/interactions?state=erased', status: 400 },
  { path: `/v1/interactions?cursor=${cursor}`, status: 400 },
  { path: '/v1/interactions', headers: { 'if-none-match': String(all.headers.etag) }, status: 304 },
  { path: '/v1/interactions', headers: { accept: 'text/html' }, status: 406 },
  { path: '/v1/interactions', token: undefined, status: 401 },
  { path: '/v1/interactions', token: writer, status: 403 },
  { path: '/v1/interactions/i-00', status: 200 },
  { path: '/v1/interactions/i-00?anything=1', headers: gzip, status: 200 },
  { path: '/v1/interactions/i-00', headers: { 'if-none-match': '*' }, status: 304 },
  { path: '/v1/interactions/i-00', headers: { 'if-none-match': 'no tag' }, status: 400 },
  { path: '/v1/interactions/i-00', headers: { accept: 'image/png' }, status: 406 },
  { path: '/v1/interactions/open', headers: gzip, status: 200 },
  { path: '/v1/interactions/none', status: 404 },
  { path: '/v1/interactions/..', status: 404 },
  { path: `/v1/interactions/${'x'.repeat(256)}`, status: 404 },
  { path: '/v1/interactions/i-00', token: undefined, status: 401 },
  { path: '/v1/interactions/i-00', token: writer, status: 403 },
]

/** Requests with a body, if only an empty one, are left to the framework. */
const BY_FRAMEWORK = { 'content-length': '0' }

function comparable({ status, headers, text }: Answer) {
  // Of the moment, and of the request.
  const {
    date,
    'x-request-id': id,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': reset,
    ...rest
  } = headers
  assert.ok(date && id)
  return { status, counted: remaining !== undefined && reset !== undefined, headers: rest, text }
}

for (const { path, headers, status, ...given } of CASES) {
  const used = 'token' in given ? given.token : token
  const name = `${path} ${JSON.stringify(headers ?? {})}`
  test(`answered directly just as by the framework: ${status} ${name.slice(0, 120)}`, async () => {
    seen = 0
    const direct = await ask(server, path, { token: used, headers })
    assert.equal(direct.status, status, direct.text)
    assert.equal(seen, 0, 'went through the framework')
    const other = await ask(server, path, { token: used, headers: { ...headers, ...BY_FRAMEWORK } })
    // The framework does not get as far as the handler where a hook refuses.
    if (![401, 403].includes(status)) assert.equal(seen, 1, 'did not go through the framework')
    assert.deepEqual(comparable(direct), comparable(other))
  })
}

test('what is unusual is left to the framework', async () => {
  for (const path of ['/v1/interactions/a%20b%2F%C3%A7', `/v1/interactions/${'x'.repeat(257)}`]) {
    seen = 0
    await ask(server, path, { token })
    assert.equal(seen, 1, path)
  }
  seen = 0
  await ask(server, `/interactions?${RANGE}`, { token, method: 'HEAD' })
  assert.equal(seen, 1)
})

test('both tell the log and the metrics the same', async () => {
  const path = '/v1/interactions/i-01'
  const before = await timed()
  const lines = []
  for (const headers of [{}, BY_FRAMEWORK]) {
    const id = `told-${Object.keys(headers).length}`
    await ask(server, path, { token, headers: { ...headers, 'x-request-id': id } })
    await until(() => server.log.some(({ request }) => request === id))
    const { time, request, milliseconds, ...line } = server.log.find((each) => each.request === id) ?? {}
    assert.equal(typeof milliseconds, 'number')
    lines.push(line)
  }
  assert.deepEqual(lines[0], lines[1])
  assert.equal(lines[0]?.account, access.accountId)
  assert.equal(await timed(), before + 2)
})

/** How many single interactions the metrics say have been given. */
async function timed(): Promise<number> {
  const { text } = await ask(server, '/metrics')
  const series = 'request_duration_seconds_count{method="GET",route="/v1/interactions/:id",status="200"}'
  return Number(
    text
      .split('\n')
      .find((line) => line.includes(series))
      ?.split(' ')
      .at(-1),
  )
}
