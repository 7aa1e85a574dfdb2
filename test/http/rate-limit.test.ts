import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Answer, type Ask, answersIn, ask, interaction, until } from './support.ts'

const LIMIT = 5
const server = await startServer({ after }, { PARLANCE_RATE_LIMIT: String(LIMIT) })

const EXCEEDED = '{"code":"0012001","message":"API rate limit exceeded"}'

/** Asks until it is refused: a few requests follow each other within a second, whatever the machine. */
async function exhaust(token: string, path = '/interactions', options: Ask = {}): Promise<Answer> {
  for (let tries = 0; tries < 500; tries += 1) {
    const answers = await Promise.all(
      Array.from({ length: LIMIT + 1 }, () => ask(server, path, { token, ...options })),
    )
    const refused = answers.find(({ status }) => status === 429)
    if (refused !== undefined) return refused
  }
  assert.fail('was never refused')
}

test('a client over its limit is refused, told when to come back, and let in again', async () => {
  const { token } = await createAccess(server)
  const refused = await exhaust(token)
  assert.equal(refused.text, EXCEEDED)
  assert.equal(refused.headers['content-type'], 'application/json')
  assert.equal(refused.headers['retry-after'], '1')
  assert.equal(refused.headers['ratelimit-limit'], String(LIMIT))
  assert.equal(refused.headers['ratelimit-remaining'], '0')
  assert.match(String(refused.headers['ratelimit-reset']), /^[01]$/)
  assert.equal(refused.headers['www-authenticate'], undefined)
  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(refused.headers['retry-after'])))
  const { status, headers } = await ask(server, '/interactions', { token })
  assert.deepEqual([status, headers['ratelimit-remaining']], [200, String(LIMIT - 1)])
})

test('the limit is of the client: not of its account, its address, or a route', async () => {
  const first = await createAccess(server)
  const colleague = await createAccess(server, first.accountId)
  const stranger = await createAccess(server)
  await exhaust(first.token)
  for (const { token } of [colleague, stranger]) {
    const { status, headers } = await ask(server, '/interactions', { token })
    assert.deepEqual([status, headers['ratelimit-remaining']], [200, String(LIMIT - 1)])
    assert.equal(headers['ratelimit-limit'], String(LIMIT))
  }
  const routes: [path: string, options: Ask][] = [
    ['/conversations/interactions', {}],
    ['/interactions', { method: 'HEAD' }],
    ['/v1/interactions/none', {}],
    ['/v1/interactions/one', { method: 'PUT', body: interaction('one') }],
    ['/v1/interactions', { method: 'POST', body: { interactions: [] } }],
  ]
  // In one second, or another client tries again.
  await until(async () => {
    const { token } = await createAccess(server)
    const answers = await Promise.all(
      routes.map(([path, options]) => ask(server, path, { token, ...options })),
    )
    const remaining = answers.map(({ headers }) => Number(headers['ratelimit-remaining']))
    return remaining.toSorted().join() === '0,1,2,3,4'
  })
})

test('who is not let in uses up nobody’s limit', async () => {
  const victim = await createAccess(server)
  const forged = `${victim.token.slice(0, -8)}AAAAAAAA`
  const strangers = Array.from({ length: 10 * LIMIT }, (_, index) =>
    ask(server, '/interactions', index % 2 === 0 ? { token: forged } : {}),
  )
  for (const { status, headers } of await Promise.all(strangers)) {
    assert.deepEqual([status, headers['ratelimit-limit']], [401, undefined])
  }
  const { status, headers } = await ask(server, '/interactions', { token: victim.token })
  assert.deepEqual([status, headers['ratelimit-remaining']], [200, String(LIMIT - 1)])
  const probes = Array.from({ length: 10 * LIMIT }, () => ask(server, '/readyz'))
  for (const probe of await Promise.all(probes)) assert.equal(probe.status, 200)
})

test('a refusal does not wait for the body', async () => {
  const { token } = await createAccess(server)
  const { hostname, port } = new URL(server.address)
  const head = `POST /v1/interactions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`
  const sockets: Socket[] = []
  // None of them ever gets a body, so the only answers are refusals.
  await until(async () => {
    await exhaust(token)
    const socket = connect(Number(port), hostname)
    sockets.push(socket)
    socket.write(`${head}Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n`)
    await ask(server, '/healthz')
    return sockets.some(({ bytesRead }) => bytesRead > 0)
  })
  const text = sockets.map((socket) => String(socket.read() ?? '')).find((each) => each !== '') ?? ''
  for (const socket of sockets) socket.destroy()
  assert.deepEqual(
    answersIn(text).map((each) => [each.status, each.text]),
    [[429, EXCEEDED]],
  )
})

test('without a limit there are no headers that speak of one', async (t) => {
  const free = await startServer(t)
  const { token } = await createAccess(free)
  const many = Array.from({ length: 50 }, () => ask(free, '/interactions', { token }))
  for (const { status, headers } of await Promise.all(many)) {
    assert.equal(status, 200)
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('ratelimit')),
      [],
    )
  }
})
