import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SCOPES } from '../../src/auth/scopes.ts'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { composedApp } from './composed.ts'
import { answersIn, ask, interaction, raw, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
await write(server, access, [interaction('one')])

const UNAUTHENTICATED = '{"code":"1904010","message":"The provided JWT is not valid. (Unauthenticated)"}'
const FORBIDDEN = '{"code":"1904030","message":"The required scope is not present in the JWT. (Forbidden)"}'

/** Whoever adds a route either guards it or adds it here. */
const OPEN = [
  'GET /',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/',
  'GET /docs/:file',
  'POST /oauth/token',
  'GET /oauth/certs',
  'GET /.well-known/oauth-authorization-server',
].flatMap((route) => (route.startsWith('GET') ? [route, route.replace('GET', 'HEAD')] : [route]))

/** What each guarded route asks for. */
const GUARDED: Record<string, string> = {
  'GET /conversations/interactions': 'interactions-public:read',
  'GET /interactions': 'interactions-public:read',
  'GET /v1/changes': 'interactions-public:read',
  'GET /v1/interactions/:id': 'interactions-public:read',
  'PUT /v1/interactions/:id': 'interactions:write',
  'POST /v1/interactions/:id/messages': 'interactions:write',
  'GET /v1/interactions': 'interactions-public:read',
  'POST /v1/interactions': 'interactions:write',
  'DELETE /v1/interactions': 'interactions:erase',
  'DELETE /v1/interactions/:id': 'interactions:erase',
  'DELETE /v1/customers/:customer_id': 'interactions:erase',
  'GET /v1/erasures/:id': 'interactions:erase',
  'DELETE /omnichannel/interactions/transcript': 'omnichannel:interaction-elimination',
}

/** Every route of the application, as `METHOD /path/:parameter`, out of the router's own tree. */
async function routes(): Promise<string[]> {
  const app = await composedApp(server)
  await app.ready()
  const tree = app.printRoutes({ commonPrefix: false })
  await app.close()

  const parents: string[] = []
  return tree
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', segment = '', methods = ''] =
        /^([│ ]*[├└]── )(\S*)(?: \((.*)\))?$/.exec(line) ?? []
      const level = indent.length / 4
      parents[level] = `${parents[level - 1] ?? ''}${segment}`
      return methods === '' ? [] : methods.split(', ').map((method) => `${method} ${parents[level]}`)
    })
}

const all = await routes()
const asked = (route: string) => {
  const [method = '', path = ''] = route.split(' ')
  return [path.replace(/:\w+/g, 'one'), { method }] as const
}

test('the router knows the routes of the contract', () => {
  for (const route of [...Object.keys(GUARDED), 'GET /healthz', 'POST /oauth/token'])
    assert.ok(all.includes(route), route)
  assert.ok(all.length > 50, `${all.length}`)
})

test('every route that is not open answers 401 without a token, or 405', async () => {
  const guarded: string[] = []
  for (const route of all.filter((each) => !OPEN.includes(each))) {
    const [path, options] = asked(route)
    const answer = await ask(server, path, options)
    if (answer.status === 405) {
      const allowed = answer.headers.allow?.split(', ') ?? []
      assert.ok(!allowed.includes(options.method), route)
      for (const method of allowed) assert.ok(all.includes(`${method} ${route.split(' ')[1]}`), route)
      continue
    }
    assert.equal(answer.status, 401, route)
    assert.equal(answer.headers['www-authenticate'], 'Bearer')
    if (options.method === 'HEAD') continue
    assert.equal(answer.text, UNAUTHENTICATED)
    assert.equal(answer.headers['content-type'], 'application/json')
    guarded.push(route)
  }
  assert.deepEqual(guarded.toSorted(), Object.keys(GUARDED).toSorted())
})

test('every guarded route answers 403 without its scope, whatever else the token allows', async () => {
  for (const [route, scope] of Object.entries(GUARDED)) {
    const [path, options] = asked(route)
    const others = Object.keys(SCOPES).filter((each) => each !== scope)
    for (const scopes of [others, []]) {
      const token = await tokenFor(server, access, scopes)
      const answer = await ask(server, path, { ...options, token })
      assert.deepEqual([answer.status, answer.text], [403, FORBIDDEN], route)
      assert.equal(answer.headers['www-authenticate'], `Bearer error="insufficient_scope", scope="${scope}"`)
      assert.equal(answer.headers['content-type'], 'application/json')
    }
    const token = await tokenFor(server, access, [scope])
    assert.ok(![401, 403].includes((await ask(server, path, { ...options, token })).status), route)
  }
})

test('a token is taken from `Authorization: Bearer`, in any case, and from nowhere else', async () => {
  const { token, clientId, clientSecret } = access
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  const rows: [path: string, headers: Record<string, string>, status: number][] = [
    ['', { authorization: `Bearer ${token}` }, 200],
    ['', { authorization: `bearer ${token}` }, 200],
    ['', { authorization: `BEARER   ${token}` }, 200],
    ['', {}, 401],
    [`?access_token=${token}&token=${token}&authorization=Bearer%20${token}`, {}, 401],
    [
      '',
      { cookie: `access_token=${token}`, 'x-access-token': token, 'proxy-authorization': `Bearer ${token}` },
      401,
    ],
    ['', { authorization: token }, 401],
    ['', { authorization: '' }, 401],
    ['', { authorization: 'Bearer' }, 401],
    ['', { authorization: `Bearer${token}` }, 401],
    ['', { authorization: `Bearer ${token},` }, 401],
    ['', { authorization: `Bearer ${token} ${token}` }, 401],
    ['', { authorization: `Bearer "${token}"` }, 401],
    ['', { authorization: `Token ${token}` }, 401],
    ['', { authorization: `Basic ${basic}` }, 401],
    ['', { authorization: 'Bearer null' }, 401],
    ['', { authorization: `Bearer ${token.slice(0, -6)}` }, 401],
    ['', { authorization: `Bearer ${'x'.repeat(12_000)}` }, 401],
    ['', { authorization: 'Bearer ☂'.replace('☂', '\u00e9\u00ff') }, 401],
  ]
  for (const [query, headers, status] of rows) {
    const answer = await ask(server, `/interactions${query}`, { headers })
    assert.equal(answer.status, status, JSON.stringify(headers))
    if (status !== 401) continue
    assert.equal(answer.text, UNAUTHENTICATED)
    assert.equal(answer.headers['www-authenticate'], 'Bearer')
  }
})

test('who is asking is settled before what is asked, and before the body is read', async () => {
  const weak = await tokenFor(server, access, [])
  const bodies = { 'content-type': 'text/plain', 'content-encoding': 'zip', 'if-match': 'nonsense' }
  const rows: [method: string, path: string, headers: Record<string, string>][] = [
    ['GET', '/interactions?per_page=0&cursor=x', { accept: 'text/html' }],
    ['GET', '/v1/interactions/none', { accept: 'text/html', 'if-none-match': 'x' }],
    ['GET', `/v1/interactions/${'x'.repeat(300)}`, {}],
    ['PUT', `/v1/interactions/${'x'.repeat(300)}?unknown=maybe`, bodies],
    ['POST', '/v1/interactions?unknown=maybe', bodies],
    ['POST', `/v1/interactions/${'x'.repeat(300)}/messages?unknown=maybe`, bodies],
    ['DELETE', '/v1/interactions', bodies],
    ['DELETE', `/v1/interactions/${'x'.repeat(300)}`, {}],
    ['DELETE', `/v1/customers/${'x'.repeat(300)}`, {}],
    ['DELETE', '/omnichannel/interactions/transcript', bodies],
  ]
  for (const [method, path, headers] of rows) {
    const body = method === 'GET' ? undefined : '{'
    const nobody = await ask(server, path, { method, headers, body })
    assert.deepEqual([nobody.status, nobody.text], [401, UNAUTHENTICATED])
    const other = await ask(server, path, { method, headers, body, token: weak })
    assert.deepEqual([other.status, other.text], [403, FORBIDDEN])
  }
  // A body that is announced and never sent: the answer does not wait for it.
  for (const [authorization, expected] of [
    ['', UNAUTHENTICATED],
    [`Authorization: Bearer ${weak}\r\n`, FORBIDDEN],
  ]) {
    for (const length of ['Content-Length: 900000000', 'Transfer-Encoding: chunked']) {
      const head = `POST /v1/interactions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization}`
      const [answer] = answersIn(
        await raw(server, `${head}Content-Type: application/json\r\n${length}\r\n\r\n`),
      )
      assert.equal(answer?.text, expected)
    }
  }
})

test('an account or a client that was removed is refused at once', async () => {
  const gone = await createAccess(server)
  const colleague = await createAccess(server, gone.accountId)
  assert.equal((await ask(server, '/interactions', { token: gone.token })).status, 200)
  await server.store.removeClient(gone.accountId, gone.clientId)
  const answer = await ask(server, '/interactions', { token: gone.token })
  assert.deepEqual([answer.status, answer.text], [401, UNAUTHENTICATED])
  assert.equal((await ask(server, '/interactions', { token: colleague.token })).status, 200)
})
